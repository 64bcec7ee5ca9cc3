"""The model's answers: several wordings of each field, of which those that pass are kept."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from encore.mailer.domain.copy.fields import TEXTS
from encore.mailer.domain.copy.gate import Gate
from encore.mailer.domain.copy.style import style_problems
from encore.mailer.domain.facts.email import EmailFacts

LINES = "lines"
MAX_WORDINGS = 12
"""More of one field are not read: an answer is untrusted."""


@dataclass(frozen=True)
class Verdict:
    """Why a wording was refused."""

    field: str
    text: str
    rule: str
    found: str = ""

    def __str__(self) -> str:
        """Return a line for the log and the records."""
        return f"{self.field}: {self.rule}" + (f" ({self.found[:40]!r})" if self.found else "")


class AnswerFormatError(ValueError):
    """An answer that is not in the expected format."""


def read_answer(text: str) -> dict[str, list[str]]:
    """Return the wordings of an answer by field, such as `lines.1`; a text alone counts as one wording.

    Raises `AnswerFormatError` if it is not a JSON object. Members that are no texts are left out.
    """
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise AnswerFormatError("not JSON") from error
    if not isinstance(answer, dict):
        raise AnswerFormatError("not a JSON object")
    return {field: wordings for field, value in _members(answer) if (wordings := _wordings(value))}


def _members(answer: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    yield from ((name, answer[name]) for name in TEXTS if name in answer)
    lines = answer.get(LINES)
    if isinstance(lines, dict):
        yield from ((f"{LINES}.{number}", value) for number, value in lines.items())


def _wordings(value: object) -> list[str]:
    texts = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    kept = (" ".join(_encodable(each).split()) for each in texts[:MAX_WORDINGS] if isinstance(each, str))
    return list(dict.fromkeys(filter(None, kept)))


def _encodable(text: str) -> str:
    """Return the text without the half characters that JSON can escape and UTF-8 cannot hold."""
    return text.encode("utf-8", "replace").decode()


def wanted_fields(facts: EmailFacts) -> list[str]:
    """Return the fields of an email's copy."""
    return [*TEXTS, *(f"{LINES}.{product.number}" for product in facts.products)]


@dataclass(frozen=True)
class Judged:
    """The wordings that pass, by field, and why others do not."""

    wordings: Mapping[str, tuple[str, ...]]
    verdicts: tuple[Verdict, ...]

    def mended_by(self, repairs: "Judged") -> "Judged":
        """Return the wordings with those of repairs for fields that have none."""
        found = {name: texts for name, texts in self.wordings.items() if texts}
        return Judged({**repairs.wordings, **found}, (*self.verdicts, *repairs.verdicts))

    def missing(self, fields: Sequence[str]) -> list[str]:
        """Return the fields without a wording."""
        return [field for field in fields if not self.wordings.get(field)]


def judge_answer(answer: Mapping[str, Sequence[str]], facts: EmailFacts) -> Judged:
    """Judge every wording of every field by the gate and by style."""
    gate = Gate(facts)
    wordings: dict[str, tuple[str, ...]] = {}
    verdicts: list[Verdict] = []
    for field in wanted_fields(facts):
        passed = []
        for text in answer.get(field, ()):
            problems = gate.judge(field, text) or style_problems(field, text, facts)
            verdicts += [Verdict(field, text, each.rule, each.found) for each in problems]
            if not problems:
                passed.append(text)
        wordings[field] = tuple(passed)
    return Judged(wordings, tuple(verdicts))
