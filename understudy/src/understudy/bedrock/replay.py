"""Answers calls as a real model once answered them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from understudy.bedrock.request import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from understudy.bedrock.invocation import Engine
    from understudy.bedrock.request import ModelRequest


@dataclass(frozen=True)
class Replay:
    """Recorded answers by the key of their call; other calls are answered by `otherwise`."""

    answers: Mapping[str, str]
    otherwise: Engine

    @classmethod
    def read(cls, path: Path, otherwise: Engine) -> Self:
        """Read lines such as `{"key": ..., "answer": ...}`; an answer that is no text is its JSON."""
        rows = map(json.loads, filter(None, path.read_text("utf-8").splitlines()))
        return cls({row["key"]: _text(row["answer"]) for row in rows}, otherwise)

    async def answer(self, request: ModelRequest) -> Answer:
        """Return what was recorded for the texts of a request."""
        recorded = self.answers.get(key_of(request))
        return await self.otherwise.answer(request) if recorded is None else Answer(recorded, "end_turn")

    async def close(self) -> None:
        """Free what the other engine holds."""
        await self.otherwise.close()


def key_of(request: ModelRequest) -> str:
    """Return the SHA-256 of the system text and the messages, one after the other."""
    system = "".join(block.text for block in request.system)
    return hashlib.sha256((system + "".join(turn.text for turn in request.turns)).encode()).hexdigest()


def _text(answer: Any) -> str:  # noqa: ANN401 - any JSON
    return answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
