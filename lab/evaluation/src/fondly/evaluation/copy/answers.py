"""Reads whole answers of a model, as it gave them: a JSON text, or the object in it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, JsonValue

from fondly.evaluation.copy.emails import Email, Emails
from fondly.evaluation.copy.fields import LINES, fields_of
from fondly.evaluation.copy.lines import BadLine, read_lines, shown
from fondly.evaluation.errors import EvaluationError
from fondly.mailer.domain.copy.answers import AnswerFormatError, json_object, read_answer
from fondly.mailer.domain.copy.wording import Wording

Wordings = Mapping[str, Sequence[Wording]]
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
    name: str
    email: Email
    first: Wordings | None
    repair: Wordings | None


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers of a file, and the lines that cannot be used."""

    answers: Sequence[Answer]
    bad: Sequence[BadLine] = ()


def read_answers(path: Path, emails: Emails) -> Answers:
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


def wordings(answer: JsonValue, products: int) -> Wordings | None:
    """Return each field's wordings, of which there may be none; None if the answer is no JSON object."""
    try:
        given = json_object(answer if isinstance(answer, str) else json.dumps(answer))
    except AnswerFormatError:
        return None
    lines = given.get(LINES)
    numbered = (
        {f"{LINES}.{number}": each for number, each in lines.items()} if isinstance(lines, dict) else {}
    )
    return read_answer(json.dumps({**given, **numbered}), fields_of(products))


def _answer(line: int, given: Line, email: Email) -> Answer:
    count = len(email.products)
    repair = None if given.repair is None else wordings(given.repair, count)
    return Answer(given.id or f"line {line}", given.email, email, wordings(given.answer, count), repair)
