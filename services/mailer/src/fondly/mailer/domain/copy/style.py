"""What copy must keep besides the truth: its length, and that a line adds to its card."""

from collections.abc import Iterator, Mapping

from fondly.mailer.domain.copy.fields import LINES, Problem
from fondly.mailer.domain.facts.email import EmailFacts
from fondly.mailer.domain.slots import attribute, fill, slots_in

MAX_CHARS: Mapping[str, int] = {
    "subject": 90,
    "preheader": 140,
    "greeting": 60,
    "intro": 300,
    "line": 220,
    "closing": 160,
}
"""Limits of the text as written, slots included."""
MAX_FILLED_CHARS: Mapping[str, int] = {"subject": 90, "preheader": 150}
"""Limits of the text as read, slots filled: an inbox shows no more."""
ON_THE_CARD = frozenset({"price", "was_price", "saving", "discount", "rating", "rating_count", "reason"})
"""What a card shows beside its line."""


def style_problems(field: str, text: str, facts: EmailFacts) -> list[Problem]:
    """Return what is wrong with a text that says nothing untrue; its slots must be known."""
    return [Problem(field, rule, found) for rule, found in _problems(field, text, facts)]


def _problems(field: str, text: str, facts: EmailFacts) -> Iterator[tuple[str, str]]:
    limit = MAX_CHARS["line" if field.startswith(LINES) else field]
    if len(text) > limit:
        yield f"longer than {limit} characters", ""
    most = MAX_FILLED_CHARS.get(field)
    if most and len(fill(text, facts.slots)) > most:
        yield f"longer than {most} characters once its slots are filled", ""
    if field.startswith(LINES):
        repeated = next((slot for slot in slots_in(text) if attribute(slot) in ON_THE_CARD), None)
        if repeated:
            yield "the card shows this already", repeated
        product = facts.product(field.removeprefix(LINES))
        phrase = product.stated_reason.phrase if product else ""
        if product and phrase.casefold() in fill(text, facts.slots).casefold():
            yield "the card gives this reason already", phrase
