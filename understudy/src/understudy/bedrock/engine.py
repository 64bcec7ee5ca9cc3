"""What writes answers: the copywriter, or a model behind another server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from understudy.bedrock.output_schema import read_output_schema
from understudy.bedrock.request import CHARS_PER_TOKEN, Answer
from understudy.engines.copywriter import write

if TYPE_CHECKING:
    from understudy.bedrock.request import ModelRequest


class Engine(Protocol):
    """Answers requests that have been validated."""

    async def answer(self, request: ModelRequest) -> Answer:
        """Return the answer; raise `ServiceError` for a fault of the model."""
        ...

    async def close(self) -> None:
        """Free what it holds."""
        ...


class Copywriter:
    """Composes answers from phrases and the facts in the user's messages."""

    async def answer(self, request: ModelRequest) -> Answer:
        """Return a text; each further turn of the conversation is another attempt at the same task."""
        prompts = [turn.text for turn in request.turns if turn.role == "user"]
        schema = read_output_schema(request.schema) if request.schema else None
        return _cut(write(prompts, schema=schema, attempt=len(request.turns) // 2), request)

    async def close(self) -> None:
        """Nothing is held."""


def _cut(text: str, request: ModelRequest) -> Answer:
    """Cut a text at the first stop sequence or at the most tokens that it may have."""
    found = [(text.find(stop), stop) for stop in request.stop_sequences if stop in text]
    end, stop = min(found, default=(len(text), None))
    allowed = request.max_output_tokens * CHARS_PER_TOKEN
    if end > allowed:
        return Answer(text[:allowed], "max_tokens")
    return Answer(text[:end], "stop_sequence" if stop else "end_turn", stop)
