"""Reads suites: texts that are known to be honest or a lie, each for one field of one email."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import as_file, files
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from fondly.evaluation.copy.emails import Email, Emails, read_emails
from fondly.evaluation.copy.fields import EXPECTED, is_field, number
from fondly.evaluation.copy.lines import BadLine, read_lines, shown
from fondly.evaluation.copy.questions import question_of
from fondly.evaluation.errors import EvaluationError
from fondly.evaluation.frozen import Frozen
from fondly.mailer.domain.copy.wording import Evidence, Wording

FOLDER = files("fondly.evaluation.copy") / "suites"
OWN_SUITES = ("tuning", "test", "german", "fresh", "fresh-german", "blind", "blind-german")
"""The suites that come with the package; nothing is tuned on the blind ones."""


class Label(StrEnum):
    """What a text is, by the person who wrote it."""

    LIE = "lie"
    HONEST = "honest"


class Cited(Frozen):
    """Words of a source, by the source's id."""

    id: str
    quote: str


class Line(BaseModel):
    """A line of a suite."""

    model_config = ConfigDict(frozen=True, coerce_numbers_to_str=True)

    id: str
    email: str
    field: str
    text: str = Field(min_length=1)
    evidence: tuple[Cited, ...] = ()
    label: Label
    kind: str = Field(min_length=1)

    @property
    def wording(self) -> Wording:
        """The text with its evidence, as the mailer reads it."""
        return Wording(self.text, tuple(Evidence(each.id, each.quote) for each in self.evidence))


@dataclass(frozen=True, slots=True)
class Case:
    """A text, what it is, and the email that it is for."""

    suite: str
    line: int
    given: Line
    email: Email


@dataclass(frozen=True, slots=True)
class Suite:
    """The texts of a suite, and the lines that cannot be used."""

    cases: Sequence[Case]
    bad: Sequence[BadLine] = ()


def read_suite(path: Path, emails: Emails, *, name: str | None = None) -> Suite:
    """Read a suite whose texts are written for these emails; `name` is what reports call it.

    Raises `EvaluationError` if the file cannot be read or none of its lines can be used.
    """
    cases: list[Case] = []
    bad: list[BadLine] = []
    for found in read_lines(path, Line):
        if isinstance(found, BadLine):
            bad.append(found)
            continue
        line, given = found
        if reason := _why_unusable(given, emails):
            bad.append(BadLine(file=str(path), line=line, reason=reason))
        else:
            cases.append(Case(name or path.name, line, given, emails[given.email]))
    if not cases:
        raise EvaluationError(str(bad[0]) if bad else f"{path}: found no line, expected a suite")
    return Suite(cases, bad)


def read_own_suites(emails: Emails, names: Sequence[str] = OWN_SUITES) -> Suite:
    """Read the suites of these names that come with the package, as one; `emails` are `own_emails()`."""
    with as_file(FOLDER) as folder:
        found = [read_suite(folder / f"{name}.jsonl", emails, name=name) for name in names]
    cases = [case for suite in found for case in suite.cases]
    return Suite(cases, [bad for suite in found for bad in suite.bad])


def own_emails() -> Emails:
    """Return the emails that come with the package."""
    with as_file(FOLDER / "emails.json") as path:
        return read_emails(path)


def _why_unusable(given: Line, emails: Emails) -> str | None:
    if given.email not in emails:
        return f"email: found {shown(given.email)}, expected {_one_of(sorted(emails))}"
    if not is_field(given.field):
        return f"field: found {shown(given.field)}, expected {EXPECTED}"
    products = len(emails[given.email].products)
    if (number(given.field) or 0) > products:
        return f"field: found {shown(given.field)}, expected a line of one of the email's {products} products"
    if question_of(given.field, given.text, emails[given.email]) is None:
        return f"field: found {shown(given.field)}, expected another field: its customer has said nothing"
    return None


def _one_of(names: Sequence[str]) -> str:
    return f"one of {', '.join(names)}" if names else "an email, but the file of emails is empty"
