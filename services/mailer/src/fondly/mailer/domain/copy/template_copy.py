"""Template copy: our own texts for fields of which no wording of the model passed the gate.

They stand in the messages of each language and say only what the facts prove. A text is eligible if the facts
have all that it names; which one a customer reads is chosen by a hash, so that people of equal facts read
different emails and the same customer reads the same one again.
"""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from hashlib import blake2b

from fondly.mailer.domain.copy.fields import GREETING, LINES
from fondly.mailer.domain.facts.email import EmailFacts
from fondly.mailer.domain.facts.experience import Occasion
from fondly.mailer.domain.facts.product import ProductFacts
from fondly.mailer.domain.language import Messages, Value, Wording, language
from fondly.mailer.domain.slots import FIRST_NAME

TELLING = frozenset({"f1", "own", "praised", "aspect", "liked", "disliked"})
"""Variables of texts that say something; texts without them are for facts that have none of these."""
TOLD_ASPECT: Mapping[Occasion, str] = {Occasion.LIKED: "praised", Occasion.SORRY: "blamed"}
"""Whose aspect the intro may speak of."""


def template_text(field: str, facts: EmailFacts) -> str:
    """Return a text with slots for a field, such as `subject` or `lines.2`; it passes the gate."""
    chance = _chance(facts.customer_id, field.partition(".")[0])
    product = _product(field, facts)
    messages = language(product.locale).messages
    values = dict(_values(field, facts, product, chance))
    wordings = _eligible(_wordings(field, facts, product, messages), values.keys(), field)
    return messages.worded(wordings[(chance + product.number) % len(wordings)], **values)


def _chance(customer_id: str, field: str) -> int:
    """The lines of an email share theirs: the product's number makes them differ."""
    return int.from_bytes(blake2b(f"{customer_id}\n{field}".encode(), digest_size=6).digest())


def _product(field: str, facts: EmailFacts) -> ProductFacts:
    """Return the product that the field is about; a subject and its preheader are about the same one, any."""
    line = facts.product(field.removeprefix(LINES)) if field.startswith(LINES) else None
    return line or facts.products[_chance(facts.customer_id, "product") % len(facts.products)]


def _wordings(field: str, facts: EmailFacts, product: ProductFacts, messages: Messages) -> Sequence[Wording]:
    if not field.startswith(LINES):
        occasional = f"{field}-{facts.occasion}"
        return messages.wordings(occasional if occasional in messages.ids else field)
    of_kind = f"line-{product.stated_reason.kind.replace('_', '-')}"
    own = messages.wordings(of_kind) if of_kind in messages.ids else ()
    return (*messages.wordings("line-any"), *own)


def _eligible(wordings: Sequence[Wording], known: AbstractSet[str], field: str) -> Sequence[Wording]:
    """Return the wordings whose variables are known, those that tell something if there are any."""
    telling = {"first_name"} if field == GREETING else TELLING
    eligible = [each for each in wordings if each.variables <= known]
    return [each for each in eligible if not each.variables.isdisjoint(telling)] or eligible


def _values(field: str, facts: EmailFacts, product: ProductFacts, chance: int) -> Iterator[tuple[str, Value]]:
    """Yield the number of products, and the slots that the field may have, by the messages' variables."""
    yield "products", len(facts.products)
    if facts.first_name:
        yield "first_name", f"{{{FIRST_NAME}}}"
    if field in {"intro", "closing"}:
        yield from _experience(facts)
        return
    yield from ((name, _slot(product, name)) for name in ("name", "own", "praised") if name in product.values)
    count = len(product.features)
    yield from (
        (f"f{at + 1}", _slot(product, f"f{(chance + at) % count + 1}")) for at in range(min(count, 2))
    )


def _experience(facts: EmailFacts) -> Iterator[tuple[str, str]]:
    slots = facts.experience.slots
    yield from ((name, f"{{{name}.product}}") for name in ("liked", "disliked") if f"{name}.product" in slots)
    told = TOLD_ASPECT.get(facts.occasion, "")
    if f"{told}.aspect" in slots:
        yield "aspect", f"{{{told}.aspect}}"
        yield "product", f"{{{told}.product}}"


def _slot(product: ProductFacts, attribute: str) -> str:
    return f"{{{product.number}.{attribute}}}"
