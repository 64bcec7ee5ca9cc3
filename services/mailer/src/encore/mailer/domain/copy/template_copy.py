"""The copy of an email when the model wrote none that keeps the rules: fixed sentences with slots."""

from encore.mailer.domain.copy.fields import Copy
from encore.mailer.domain.facts.email import EmailFacts
from encore.mailer.domain.facts.product import ProductFacts
from encore.mailer.domain.slots import FIRST_NAME

OPENINGS = (
    "We put {name} first on your list",
    "{name} could be a good match for you",
    "Have a look at {name}",
    "We think {name} deserves a place on your list",
    "You may enjoy {name} too",
)


def template_copy(facts: EmailFacts) -> Copy:
    """Return copy that keeps every rule, whatever the facts are."""
    named = f"{{{FIRST_NAME}}}, " if facts.first_name else ""
    return Copy(
        subject=f"{named}picked for you: {{1.name}}" if named else "Picked for you: {1.name}",
        preheader="A short list of products, chosen from what you and customers like you enjoyed.",
        greeting=f"Hello {{{FIRST_NAME}}}," if facts.first_name else "Hello,",
        intro=(
            "We looked at what you enjoyed before and at what customers with a similar taste like, "
            "and put together a short list for you."
        ),
        lines={str(product.number): _line(product) for product in facts.products},
        closing="Thank you for shopping with us. We hope that something here is just right for you.",
    )


def _line(product: ProductFacts) -> str:
    def slot(attribute: str) -> str:
        return f"{{{product.number}.{attribute}}}"

    opening = OPENINGS[(product.number - 1) % len(OPENINGS)].format(name=slot("name"))
    first = f"{opening}: {slot('reason')}."
    if "saving" in product.values:
        return f"{first} You save {slot('saving')} on its list price."
    if "rating_count" in product.values:
        return f"{first} Customers rated it {slot('rating')} on average."
    return first
