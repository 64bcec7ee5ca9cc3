"""Verdicts of a judge in JSON Lines, by what was asked: who answered, when, and on which instruction."""

import datetime as dt
import json
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from fondly.evaluation.copy.judges import Judge
from fondly.evaluation.copy.lines import BadLine, read_lines
from fondly.evaluation.errors import EvaluationError
from fondly.mailer.domain.copy.answers import AnswerFormatError, entry
from fondly.mailer.domain.copy.prompt import MEMBERS, Prompt, Task

DIGEST_CHARS = 16


class Refused(BaseModel):
    """A text of a question that a judge refused."""

    model_config = ConfigDict(frozen=True)

    id: int
    span: str
    why: str


class Recording(BaseModel):
    """What a judge answered to one question, without its instruction."""

    model_config = ConfigDict(frozen=True)

    key: str
    """A digest of the question's facts and texts."""
    refused: tuple[Refused, ...]
    model: str
    date: dt.date
    instruction: str
    """Its version, and a digest of its text."""


def recorded(path: Path, *, any_instruction: bool = False) -> Judge:
    """Answer as recorded: None for what was not asked, or to another instruction than today's.

    Raises `EvaluationError` for a line that is no recording.
    """
    lines = list(read_lines(path, Recording))
    if bad := next((each for each in lines if isinstance(each, BadLine)), None):
        raise EvaluationError(str(bad))
    known = {each[1].key: each[1] for each in lines if not isinstance(each, BadLine)}

    def answer(prompts: Sequence[Prompt]) -> list[str | None]:
        found = ((prompt, known.get(_key(prompt))) for prompt in prompts)
        return [
            _answer(each) if each and (any_instruction or each.instruction == _instruction(prompt)) else None
            for prompt, each in found
        ]

    return answer


def recording(judge: Judge, path: Path, *, model: str) -> Judge:
    """Answer as a judge does, and write what it answered; what cannot be read is not recorded."""

    def answer(prompts: Sequence[Prompt]) -> Sequence[str | None]:
        answers, today = judge(prompts), dt.datetime.now(dt.UTC).date()
        with path.open("w", encoding="utf-8") as file:
            for prompt, text in zip(prompts, answers, strict=True):
                if (refused := _refused(text)) is not None:
                    line = Recording(
                        key=_key(prompt),
                        refused=refused,
                        model=model,
                        date=today,
                        instruction=_instruction(prompt),
                    )
                    file.write(f"{line.model_dump_json()}\n")
        return answers

    return answer


def _key(prompt: Prompt) -> str:
    return sha256(prompt.text.encode()).hexdigest()[:DIGEST_CHARS]


def _instruction(prompt: Prompt) -> str:
    return f"{prompt.version} {sha256(prompt.system.encode()).hexdigest()[:DIGEST_CHARS]}"


def _answer(given: Recording) -> str:
    refused = [each.model_dump() for each in given.refused]
    return json.dumps({MEMBERS[Task.JUDGE]: {"1": {"refused": refused}}})


def _refused(text: str | None) -> tuple[Refused, ...] | None:
    """Return what an answer refuses; None if it cannot be read."""
    try:
        told = entry(text or "", MEMBERS[Task.JUDGE], 1).get("refused")
        return tuple(map(Refused.model_validate, told)) if isinstance(told, list) else None
    except (AnswerFormatError, ValueError):
        return None
