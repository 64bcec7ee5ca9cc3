"""The copy of an email when the model wrote none that keeps the rules: fixed sentences with slots."""

from encore.contracts.records import ReasonKind
from encore.mailer.domain.copy.fields import Copy
from encore.mailer.domain.facts.email import EmailFacts
from encore.mailer.domain.facts.product import ProductFacts
from encore.mailer.domain.facts.reasons import LIKING, OWNING
from encore.mailer.domain.slots import FIRST_NAME

OPENINGS = (
    "We put {name} first on your list",
    "{name} could be a good match for you",
    "Have a look at {name}",
    "We think {name} deserves a place on your list",
    "{name} may be just what you need",
)
SOURCES = ((LIKING, "what you have liked so far"), (OWNING, "what you already have"))
"""What the list draws on, by the kinds of reason of which one must be among its reasons."""


def template_copy(facts: EmailFacts) -> Copy:
    """Return copy that keeps every rule, whatever the facts are."""
    named = f"{{{FIRST_NAME}}}, " if facts.first_name else ""
    source = _source(facts)
    return Copy(
        subject=f"{named}picked for you: {{1.name}}" if named else "Picked for you: {1.name}",
        preheader=f"A short list for you that draws on {source}.",
        greeting=f"Hello {{{FIRST_NAME}}}," if facts.first_name else "Hello,",
        intro=f"We looked at {source} and put together a short list for you.",
        lines={str(product.number): _line(product) for product in facts.products},
        closing="Thank you for shopping with us. We hope that something here is just right for you.",
    )


def _source(facts: EmailFacts) -> str:
    stated = {product.stated_reason.kind for product in facts.products}
    return next((source for kinds, source in SOURCES if kinds & stated), "our range")


def _line(product: ProductFacts) -> str:
    def slot(attribute: str) -> str:
        return f"{{{product.number}.{attribute}}}"

    opening = OPENINGS[(product.number - 1) % len(OPENINGS)].format(name=slot("name"))
    known = product.stated_reason.kind is not ReasonKind.ASSORTMENT
    first = f"{opening} — {slot('reason')}." if known else f"{opening}."
    if "saving" in product.values:
        return f"{first} You save {slot('saving')} on its list price."
    if "rating_count" in product.values:
        return f"{first} Customers rated it {slot('rating')} on average."
    return first
