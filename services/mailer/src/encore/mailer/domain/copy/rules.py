"""The rules that copy must keep, the writer's and the template's alike: it states nothing but the facts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from encore.mailer.domain.copy import lies
from encore.mailer.domain.copy.copy import Copy
from encore.mailer.domain.copy.cues import misused
from encore.mailer.domain.copy.unsupported_claims import unsupported
from encore.mailer.domain.facts.facts import EmailFacts, ProductFacts
from encore.mailer.domain.slots import FIRST_NAME, fill, owner, slots_in, without_slots

LINE = "lines."
HEADLINES = frozenset({"subject", "preheader"})
MAX_CHARS: Mapping[str, int] = {
    "subject": 90,
    "preheader": 140,
    "greeting": 60,
    "intro": 400,
    "line": 260,
    "closing": 240,
}
"""Limits as written, slots included."""
MAX_FILLED_CHARS: Mapping[str, int] = {"subject": 110, "preheader": 160}
"""Limits as read: an inbox shows no more."""
MAX_QUOTED_CHARS = 40
ENOUGH_SLOTS = 2
"""A text without words of its own says something with two slots, as in "{1.name}: {1.reason}."."""

Broken = Iterator[tuple[str, str]]
"""(rule, what broke it) pairs."""


@dataclass(frozen=True)
class Problem:
    """One broken rule: where, which, and what broke it."""

    field: str
    rule: str
    found: str = ""

    def __str__(self) -> str:
        """Read well in a log and to the writer alike."""
        quoted = f" ({self.found[:MAX_QUOTED_CHARS]!r})" if self.found else ""
        return f"{self.field}: {self.rule}{quoted}"


def problems(copy: Copy, facts: EmailFacts) -> list[Problem]:
    """Return every broken rule; an empty list means that nothing known to be untrue is said."""
    numbers = [str(product.number) for product in facts.products]
    if copy.lines.keys() != set(numbers):
        return [Problem("lines", f"must have exactly the keys {', '.join(numbers)}")]
    return [
        Problem(field, rule, found)
        for field, text in copy.fields()
        for rule, found in chain(_any_text(field, text, facts), _own_rules(field, text, facts))
    ]


def _any_text(field: str, text: str, facts: EmailFacts) -> Broken:
    own_words, slots = without_slots(text), slots_in(text)
    if not own_words.strip(" .,:;!?-") and len(slots) < ENOUGH_SLOTS:
        yield "must say something", ""
    limit = MAX_CHARS["line" if field.startswith(LINE) else field]
    if len(text) > limit:
        yield f"too long, at most {limit} characters", ""
    yield from lies.found_in(own_words)
    yield from misused(text)
    unknown = [slot for slot in slots if slot not in facts.slots]
    yield from (("no such slot", slot) for slot in unknown)
    most = MAX_FILLED_CHARS.get(field)
    if most and not unknown and len(fill(text, facts.slots)) > most:
        yield f"too long once filled, at most {most} characters", ""


def _own_rules(field: str, text: str, facts: EmailFacts) -> Broken:
    if product := facts.product(field.removeprefix(LINE)):
        return _line(text, product)
    if field in HEADLINES:
        return _headline(text, facts)
    return _prose(text, facts)


def _line(text: str, product: ProductFacts) -> Broken:
    """A line speaks of its own product, by name."""
    yield from (("slot of another", slot) for slot in slots_in(text) if slot not in product.slots)
    if f"{product.number}.name" not in slots_in(text):
        yield f"must name its product as {{{product.number}.name}}", ""
    yield from unsupported(without_slots(text), [product])


def _headline(text: str, facts: EmailFacts) -> Broken:
    """Subject and preheader may speak of one product."""
    numbers = {owner(slot) for slot in slots_in(text) if slot != FIRST_NAME}
    if len(numbers) > 1:
        yield "slots of more than one product", ", ".join(sorted(numbers))
    spoken_of = [product for product in facts.products if str(product.number) in numbers]
    yield from unsupported(without_slots(text), spoken_of or facts.products)


def _prose(text: str, facts: EmailFacts) -> Broken:
    """Greeting, intro and closing speak to the customer."""
    yield from (("no product's slot belongs here", slot) for slot in slots_in(text) if slot != FIRST_NAME)
    yield from unsupported(without_slots(text), facts.products)
