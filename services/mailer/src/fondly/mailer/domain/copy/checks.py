"""What code refuses in a wording: what is never said, then what is no sentence; the judge reads the rest."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from fondly.mailer.domain.copy.evidence import QUOTE, evidence_problems, named_in
from fondly.mailer.domain.copy.measures import Figures, figures_in, unproved_figures
from fondly.mailer.domain.copy.phrases import Spoken, forbidden_phrases, spoken_in
from fondly.mailer.domain.copy.rules import CACHED_TEXTS, Rules
from fondly.mailer.domain.copy.sense import is_common, is_foreign, sense_problems
from fondly.mailer.domain.copy.signs import odd_signs
from fondly.mailer.domain.copy.slot_rules import slot_problems
from fondly.mailer.domain.copy.wording import Ground, Problem, Wording
from fondly.mailer.domain.slots import fill, slots_in

MAX_SHOWN = {"subject": 60, "preheader": 110, "intro": 300, "line": 220, "closing": 160}
"""Characters of a text as it is shown, slots filled."""


class _Said(NamedTuple):
    """What a text has, whatever it rests on; nothing but what is odd if the rules cannot even read it."""

    odd: Sequence[tuple[str, str]]
    slots: Sequence[str] = ()
    phrases: Spoken = ()
    figures: Figures = Figures([], "", [])
    names: Sequence[str] = ()
    is_common: bool = True


@lru_cache(maxsize=CACHED_TEXTS)
def _said(text: str, language: str) -> _Said:
    """Read a text once for all grounds on which, and questions for which, it is the answer."""
    rules = Rules.load(language)
    if odd := list(odd_signs(text, rules.letters)):
        return _Said(odd)
    phrases, figures, names = spoken_in(text, rules.phrases), figures_in(text, rules), named_in(text, rules)
    return _Said([], slots_in(text), phrases, figures, names, is_common(text, language))


def problems(field: str, wording: Wording, ground: Ground) -> list[Problem]:
    """Return what is wrong with a wording of a field such as `line`; `LookupError` without rules."""
    said = _said(wording.text, ground.language)
    wrong = (
        said.odd
        or list(slot_problems(field, wording.text, ground, said.slots))
        or list(_refused(field, wording, ground, said))
    )
    first: dict[str, str] = {}
    for rule, found in wrong:
        first.setdefault(rule, found)
    return [Problem(field, rule, found) for rule, found in first.items()]


def _refused(field: str, wording: Wording, ground: Ground, said: _Said) -> Iterator[tuple[str, str]]:
    shown = fill(wording.text, ground.slots) if said.slots else wording.text
    if len(shown) > (limit := MAX_SHOWN.get(field, len(shown))):
        yield f"at most {limit} characters with the slots filled", ""
    yield from forbidden_phrases(field, wording, ground, said.phrases)
    if field == QUOTE:
        of_quotes = spoken_in(wording.text, Rules.load(ground.language).quotes)
        yield from forbidden_phrases(field, wording, ground, of_quotes)
    else:
        figures = unproved_figures(wording, ground, said.figures)
        yield from (("a figure must stand with its unit in the quoted evidence", each) for each in figures)
    yield from evidence_problems(field, wording, ground, said.names)
    named = wording.text.startswith("{1.name}")  # a brand may begin with a small letter
    yield from sense_problems(field, shown[:1].upper() + shown[1:] if named else shown, ground.language)
    if not said.is_common and is_foreign(wording, ground):
        yield f"write in the language {ground.language!r}", ""
