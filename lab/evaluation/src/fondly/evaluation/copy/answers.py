"""Reads whole answers of a model, as it gave them: a JSON text, or the object in it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, JsonValue

from fondly.evaluation.copy.emails import Facts
from fondly.evaluation.copy.fields import AFTER_LINES, BEFORE_LINES, LINES
from fondly.evaluation.copy.lines import BadLine, read_lines, shown
from fondly.evaluation.errors import EvaluationError
from fondly.mailer.domain.facts.email import EmailFacts

Wordings = Mapping[str, Sequence[str]]
"""The wordings of each field that an answer has."""


class Line(BaseModel):
    """A line of a file of answers; `repair` is the model's answer when it was asked again."""

    model_config = ConfigDict(frozen=True, coerce_numbers_to_str=True)

    id: str | None = None
    email: str
    answer: JsonValue
    repair: JsonValue = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model answered for one email; None if that is not a JSON object."""

    id: str
    email: str
    facts: EmailFacts
    first: Wordings | None
    repair: Wordings | None


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers of a file, and the lines that cannot be used."""

    answers: Sequence[Answer]
    bad: Sequence[BadLine] = ()


def read_answers(path: Path, emails: Facts) -> Answers:
    """Read the answers for emails, empty where not JSON; raise `EvaluationError` if no line can be used."""
    found: list[Answer] = []
    bad: list[BadLine] = []
    for each in read_lines(path, Line):
        if isinstance(each, BadLine):
            bad.append(each)
            continue
        line, given = each
        if given.email in emails:
            found.append(_answer(line, given, emails[given.email]))
        else:
            reason = f"email: found {shown(given.email)}, expected one of {', '.join(sorted(emails))}"
            bad.append(BadLine(file=str(path), line=line, reason=reason))
    if not found:
        raise EvaluationError(str(bad[0]) if bad else f"{path}: found no line, expected answers")
    return Answers(found, bad)


def wordings(answer: JsonValue) -> Wordings | None:
    """Return each field's texts, which may be none; None if the answer is not a JSON object or its text."""
    if isinstance(answer, str):
        try:
            answer = json.loads(answer)
        except (ValueError, RecursionError):
            return None
    if not isinstance(answer, dict):
        return None
    lines = answer.get(LINES)
    fields = {name: answer.get(name) for name in (*BEFORE_LINES, *AFTER_LINES)}
    if isinstance(lines, dict):
        fields |= {f"{LINES}.{number}": value for number, value in lines.items()}
    return {name: _texts(value) for name, value in fields.items()}


def _answer(line: int, given: Line, facts: EmailFacts) -> Answer:
    repair = None if given.repair is None else wordings(given.repair)
    return Answer(given.id or f"line {line}", given.email, facts, wordings(given.answer), repair)


def _texts(value: JsonValue) -> list[str]:
    found = value if isinstance(value, list) else [value]
    return [each for each in found if isinstance(each, str) and each.strip()]
