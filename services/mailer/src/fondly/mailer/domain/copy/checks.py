"""What code refuses in a wording: what is never said, then what is no sentence; the judge reads the rest."""

from collections.abc import Iterator

from fondly.mailer.domain.copy.evidence import QUOTE, evidence_problems
from fondly.mailer.domain.copy.measures import unproved_figures
from fondly.mailer.domain.copy.phrases import forbidden_phrases
from fondly.mailer.domain.copy.rules import Rules
from fondly.mailer.domain.copy.sense import is_foreign, sense_problems
from fondly.mailer.domain.copy.signs import odd_signs
from fondly.mailer.domain.copy.slot_rules import slot_problems
from fondly.mailer.domain.copy.wording import Ground, Problem, Wording
from fondly.mailer.domain.slots import fill

MAX_SHOWN = {"subject": 60, "preheader": 110, "intro": 300, "line": 220, "closing": 160}
"""Characters of a text as it is shown, slots filled."""


def problems(field: str, wording: Wording, ground: Ground) -> list[Problem]:
    """Return what is wrong with a wording of a field such as `line`; `LookupError` without rules."""
    first: dict[str, str] = {}
    for rule, what in _malformed(field, wording, ground) or _refused(field, wording, ground):
        first.setdefault(rule, what)
    return [Problem(field, rule, what) for rule, what in first.items()]


def _malformed(field: str, wording: Wording, ground: Ground) -> list[tuple[str, str]]:
    """Return why the other rules cannot even read a text."""
    odd = odd_signs(wording.text, Rules.load(ground.language).letters)
    return odd or list(slot_problems(field, wording.text, ground))


def _refused(field: str, wording: Wording, ground: Ground) -> Iterator[tuple[str, str]]:
    shown = fill(wording.text, ground.slots)
    if len(shown) > (limit := MAX_SHOWN.get(field, len(shown))):
        yield f"at most {limit} characters with the slots filled", ""
    yield from forbidden_phrases(field, wording, ground)
    if field != QUOTE:
        figures = unproved_figures(wording, ground)
        yield from (("a figure must stand with its unit in the quoted evidence", each) for each in figures)
    yield from evidence_problems(field, wording, ground)
    named = wording.text.startswith("{1.name}")  # a brand may begin with a small letter
    yield from sense_problems(field, shown[:1].upper() + shown[1:] if named else shown, ground.language)
    if is_foreign(wording, ground):
        yield f"write in the language {ground.language!r}", ""
