"""House text: our own, for greetings and for fields of which no wording of the model passed.

It stands in the messages of each language and says only what the facts prove. A text is eligible if the facts
have all that it names; which one a customer reads is chosen by a hash, so that people of equal facts read
different emails and the same customer reads the same one again.
"""

from collections.abc import Iterator, Sequence
from hashlib import blake2b

from fondly.mailer.domain.copy.fields import GREETING, HEADLINES, LINE, LINES, fits
from fondly.mailer.domain.facts.email import EmailFacts
from fondly.mailer.domain.facts.experience import Occasion
from fondly.mailer.domain.facts.product import ProductFacts
from fondly.mailer.domain.language import Messages, Value, Wording, language
from fondly.mailer.domain.slots import FIRST_NAME

TOLD_ASPECT = {Occasion.LIKED: "praised", Occasion.SORRY: "blamed"}
"""Whose aspect the intro may speak of."""


def house_text(field: str, facts: EmailFacts) -> str:
    """Return a text with slots for a field, such as `subject` or `lines.2`; empty for a line of no reason."""
    product = _product(field, facts)
    messages = language(product.locale).messages
    values = dict(_values(field, facts, product))
    known = [
        messages.worded(each, **values)
        for each in _wordings(field, facts, product, messages)
        if each.variables <= values.keys()
    ]
    telling = [text for text in known if FIRST_NAME in text] if field == GREETING else []
    eligible = [text for text in telling or known if fits(field, text, facts.slots)] or known[-1:]
    return eligible[_chance(facts.customer_id, field) % len(eligible)] if eligible else ""


def _chance(customer_id: str, field: str) -> int:
    return int.from_bytes(blake2b(f"{customer_id}\n{field}".encode(), digest_size=6).digest())


def _product(field: str, facts: EmailFacts) -> ProductFacts:
    """Return the product that the field is about: the first one, but for a line."""
    return (facts.product(field.removeprefix(LINES)) if field.startswith(LINES) else None) or facts.products[
        0
    ]


def _wordings(field: str, facts: EmailFacts, product: ProductFacts, messages: Messages) -> Sequence[Wording]:
    """Return the texts for the reason of the product or the occasion, then those for any.

    An apology has headlines of its own.
    """
    name = LINE if field.startswith(LINES) else field
    reason = product.stated_reason.kind.replace("_", "-")
    apology = facts.occasion is Occasion.SORRY and field in HEADLINES
    special = reason if name in {*HEADLINES, LINE} and not apology else facts.occasion
    ids = [f"{name}-{special}", *([] if apology else [f"{name}-any"])]
    return [wording for each in ids if each in messages.ids for wording in messages.wordings(each)]


def _values(field: str, facts: EmailFacts, product: ProductFacts) -> Iterator[tuple[str, Value]]:
    """Yield the number of products, and the slots that the field may have, by the messages' variables."""
    yield "products", len(facts.products)
    if facts.first_name:
        yield "first_name", f"{{{FIRST_NAME}}}"
    if field in {"intro", "closing"}:
        yield from _experience(facts)
    else:
        names = [name for name in ("name", "own") if name in product.values]
        yield from ((name, f"{{{product.number}.{name}}}") for name in names)


def _experience(facts: EmailFacts) -> Iterator[tuple[str, Value]]:
    slots = facts.experience.slots
    yield from ((name, f"{{{name}.product}}") for name in ("liked", "disliked") if f"{name}.product" in slots)
    told = TOLD_ASPECT.get(facts.occasion, "")
    if f"{told}.aspect" in slots:
        yield "aspect", f"{{{told}.aspect}}"
        yield "product", f"{{{told}.product}}"
    if facts.theme:
        yield "theme", facts.theme
