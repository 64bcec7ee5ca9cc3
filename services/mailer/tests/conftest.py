"""Made-up products, customers and copy for the mailer's tests."""

from collections.abc import Callable, Sequence

import pytest

from encore.contracts.records import Pick, Product, Reason, ReasonKind, Recommendation, RecommendationSource
from encore.mailer.domain.copy.fields import Copy
from encore.mailer.domain.facts.email import EmailFacts, email_facts

PRODUCTS: tuple[dict[str, object], ...] = (
    {
        "name": "Northlane Nylon Braided USB Type-C Cable with Fast Charging, 1.5 m (Slate Grey)",
        "category": ("Electronics", "USBCables"),
        "price": "399",
        "list_price": "1099",
        "discount_percent": 64,
        "rating": "4.2",
        "rating_count": 24269,
        "bullets": ("Durable braided nylon holds up to daily bending",),
    },
    {
        "name": "Kettler & Pine Electric Kettle, 1500 W",
        "category": ("Home", "Kettles"),
        "price": "1899.50",
        "list_price": "2499",
        "discount_percent": 24,
        "rating": "4.4",
        "rating_count": 3187,
        "bullets": ("Brushed steel body", "Automatic shut-off"),
    },
    {"name": "Lumio Desk Lamp", "category": ("Home", "DeskLamps"), "price": "139900.50", "rating": "3.4"},
    {
        "name": "Aria Over-Ear Headphones",
        "category": ("Electronics", "Headphones"),
        "price": "2499",
        "list_price": "5999",
        "discount_percent": 58,
        "rating": "4.0",
        "rating_count": 98127,
        "bullets": ("Wireless listening", "Soft cushions"),
    },
    {"name": "Mira Notebook Set", "category": ("Office", "Notebooks"), "price": "249"},
)
"""A cable with everything, a kettle, a lamp without a discount, headphones, a notebook with a price only."""

REASONS = (
    Reason(kind=ReasonKind.LIKED, product_name="Solero 20 W Wall Charger, USB-C (White)"),
    Reason(kind=ReasonKind.GOES_WITH, product_name="Vireo Pour-Over Coffee Set"),
    Reason(kind=ReasonKind.POPULAR_IN_CATEGORY, category=("Lighting", "DeskLamps")),
    Reason(kind=ReasonKind.POPULAR),
    Reason(kind=ReasonKind.ASSORTMENT),
)


def catalogue_entry(number: int, **changes: object) -> Product:
    """One of the five products, with changes."""
    base = {
        "product_id": f"P{number}",
        "currency": "INR",
        "image_url": f"https://img.example/{number}.jpg",
        "link": f"https://shop.example/p/{number}?ref=a",
    }
    return Product.model_validate(base | PRODUCTS[number - 1] | changes)


def recommended(
    customer_id: str = "C1",
    *,
    customer_name: str | None = "ananya rao",
    email: str | None = "ananya@example.org",
    products: int = 5,
    reasons: Sequence[Reason] = REASONS,
    **changes: object,
) -> Recommendation:
    """Recommendations for a customer; `changes` go to the first product."""
    entries = [
        catalogue_entry(number, **(changes if number == 1 else {})) for number in range(1, products + 1)
    ]
    picks = tuple(Pick(product=entry, reason=reason) for entry, reason in zip(entries, reasons, strict=False))
    return Recommendation(
        customer_id=customer_id,
        name=customer_name,
        email=email,
        source=RecommendationSource.PERSONALIZE,
        picks=picks,
    )


def facts_of(recommendation: Recommendation) -> EmailFacts:
    """The facts of an email to the customer."""
    return email_facts(recommendation, brand="Encore Shop", locale="en_IN")


def honest(**changes: object) -> Copy:
    """Copy that keeps every rule for the five products, with changes; `lines` are merged."""
    lines = {
        "1": "Meet {1.name}, down from {1.was_price} to {1.price}.",
        "2": "{2.name} is here {2.reason}.",
        "3": "{3.name} gives a soft light for {3.price}.",
        "4": "You save {4.saving} on {4.name}, rated {4.rating} by {4.rating_count} customers.",
        "5": "{5.name} invites you to write again.",
    }
    changed_lines = changes.pop("lines", {})
    assert isinstance(changed_lines, dict)
    texts: dict[str, object] = {
        "subject": "{customer.first_name}, we found {1.name} for you",
        "preheader": "Now {1.price}, and that is {1.discount} off its list price.",
        "greeting": "Hello {customer.first_name},",
        "intro": "We picked a few things that go well with what you enjoyed before.",
        "closing": "See you soon, {customer.first_name}!",
    }
    return Copy.model_validate(texts | changes | {"lines": lines | changed_lines})


@pytest.fixture(scope="session")
def entry() -> Callable[..., Product]:
    """Makes one of the five products."""
    return catalogue_entry


@pytest.fixture(scope="session")
def recommend() -> Callable[..., Recommendation]:
    """Makes recommendations for a customer."""
    return recommended


@pytest.fixture(scope="session")
def make_facts() -> Callable[..., EmailFacts]:
    """Makes the facts of an email from what `recommend` takes."""
    return lambda *args, **changes: facts_of(recommended(*args, **changes))


@pytest.fixture(scope="session")
def make_copy() -> Callable[..., Copy]:
    """Makes copy that keeps every rule unless a change breaks one."""
    return honest


@pytest.fixture(scope="session")
def facts() -> EmailFacts:
    """The facts of an email with all five products to a customer with a name."""
    return facts_of(recommended())
