"""The rules that all copy must keep, the model's and the template's: it states nothing but the facts."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from encore.mailer.domain.copy.fields import Copy
from encore.mailer.domain.copy.figure_cues import misleading_figures
from encore.mailer.domain.copy.forbidden_text import forbidden_text
from encore.mailer.domain.copy.problem import Problem
from encore.mailer.domain.copy.reason_claims import unsupported_reasons
from encore.mailer.domain.copy.unsupported_claims import unsupported_claims
from encore.mailer.domain.facts.email import EmailFacts
from encore.mailer.domain.facts.product import ProductFacts
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
"""Limits of the text as written, slots included."""
MAX_FILLED_CHARS: Mapping[str, int] = {"subject": 110, "preheader": 160}
"""Limits of the text as read, slots filled: an inbox shows no more."""
ENOUGH_SLOTS = 2
"""A text without other words says something with two slots, as in "{1.name}: {1.reason}."."""

Broken = Iterator[tuple[str, str]]
"""(rule, what breaks it) pairs."""


def problems(copy: Copy, facts: EmailFacts) -> list[Problem]:
    """Return every broken rule; an empty list means that the copy says nothing known to be untrue."""
    numbers = [str(product.number) for product in facts.products]
    if copy.lines.keys() != set(numbers):
        return [Problem("lines", f"must have exactly the keys {', '.join(numbers)}")]
    return [
        Problem(field, rule, found)
        for field, text in copy.fields()
        for rule, found in chain(_common_rules(field, text, facts), _field_rules(field, text, facts))
    ]


def _common_rules(field: str, text: str, facts: EmailFacts) -> Broken:
    own_words, slots = without_slots(text), slots_in(text)
    if not own_words.strip(" .,:;!?-") and len(slots) < ENOUGH_SLOTS:
        yield "must say something", ""
    limit = MAX_CHARS["line" if field.startswith(LINE) else field]
    if len(text) > limit:
        yield f"longer than {limit} characters", ""
    yield from forbidden_text(own_words)
    yield from misleading_figures(text)
    unknown = [slot for slot in slots if slot not in facts.slots]
    yield from (("unknown slot", slot) for slot in unknown)
    most = MAX_FILLED_CHARS.get(field)
    if most and not unknown and len(fill(text, facts.slots)) > most:
        yield f"longer than {most} characters once its slots are filled", ""


def _field_rules(field: str, text: str, facts: EmailFacts) -> Broken:
    if product := facts.product(field.removeprefix(LINE)):
        return _line(text, product)
    if field in HEADLINES:
        return _headline(text, facts)
    return _prose(text, facts)


def _line(text: str, product: ProductFacts) -> Broken:
    """A line is about its own product, and names it."""
    misplaced = f"only slots of product {product.number} belong here"
    yield from ((misplaced, slot) for slot in slots_in(text) if slot not in product.slots)
    if f"{product.number}.name" not in slots_in(text):
        yield f"must name the product as {{{product.number}.name}}", ""
    yield from _claims(without_slots(text), [product])


def _headline(text: str, facts: EmailFacts) -> Broken:
    """Subject and preheader may use the slots of one product."""
    numbers = {owner(slot) for slot in slots_in(text) if slot != FIRST_NAME}
    if len(numbers) > 1:
        yield "slots of more than one product", ", ".join(sorted(numbers))
    mentioned = [product for product in facts.products if str(product.number) in numbers]
    yield from _claims(without_slots(text), mentioned or facts.products)


def _prose(text: str, facts: EmailFacts) -> Broken:
    """Greeting, intro and closing may use only the customer's slots."""
    misplaced = "only the customer's slots belong here"
    yield from ((misplaced, slot) for slot in slots_in(text) if slot != FIRST_NAME)
    yield from _claims(without_slots(text), facts.products)


def _claims(own_words: str, products: Sequence[ProductFacts]) -> Broken:
    """A claim needs support by the facts of a product that the text is about, or by its reason."""
    yield from unsupported_claims(own_words, products)
    yield from unsupported_reasons(own_words, products)
