"""Made-up products, customers and copy for the mailer's tests."""

from collections.abc import Callable, Sequence
from itertools import cycle
from typing import Any

import pytest

from fondly.contracts.records import Pick, Product, Reason, ReasonKind, Recommendation, RecommendationSource
from fondly.mailer.domain.copy.fields import Copy
from fondly.mailer.domain.facts.email import EmailFacts, email_facts

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
    {
        "name": "Tarn Steel Water Bottle",
        "category": ("Home", "WaterBottles"),
        "price": "599",
        "rating": "4.1",
    },
    {"name": "Brio Garden Hose", "category": ("Garden", "Hoses"), "price": "1299", "list_price": "1499"},
    {"name": "Alder Bookshelf", "category": ("Home", "Bookshelves"), "price": "5499.75"},
    {
        "name": "Pell Travel Mug",
        "category": ("Home", "Mugs"),
        "price": "449",
        "rating": "4.8",
        "rating_count": 1,
    },
    {"name": "Quill Desk Mat", "category": ("Office", "DeskMats"), "price": "799", "discount_percent": 20},
    {"name": "Rowan Picnic Blanket", "category": ("Garden", "Blankets"), "price": "1199"},
    {"name": "Sable Yoga Mat", "category": ("Sports", "YogaMats"), "price": "999", "rating": "3.9"},
)
"""A cable with everything, a kettle, a lamp without a discount, headphones, a notebook with a price only;
and seven more, as many as an email may have. An email has five unless a test says otherwise."""

REASONS = (
    Reason(kind=ReasonKind.LIKED, product_name="Solero 20 W Wall Charger, USB-C (White)"),
    Reason(kind=ReasonKind.GOES_WITH, product_name="Vireo Pour-Over Coffee Set"),
    Reason(kind=ReasonKind.NEW, category=("Lighting", "DeskLamps")),
    Reason(kind=ReasonKind.FEATURED),
    Reason(kind=ReasonKind.FEATURED),
)


def catalogue_entry(number: int, **changes: object) -> Product:
    """One of the products, with changes."""
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
    picks = tuple(
        Pick(product=entry, reason=reason) for entry, reason in zip(entries, cycle(reasons), strict=False)
    )
    return Recommendation(
        customer_id=customer_id,
        name=customer_name,
        email=email,
        source=RecommendationSource.PERSONALIZE,
        picks=picks,
    )


def facts_of(recommendation: Recommendation) -> EmailFacts:
    """The facts of an email to the customer."""
    return email_facts(recommendation, brand="Fondly Shop", locale="en_IN")


def answered(**changes: object) -> dict[str, object]:
    """Wordings of a whole email to everybody's five products that pass, with changes; `lines` are merged."""
    lines = {
        "1": ["A cable of braided nylon, for the desk and the road.", "It goes where you go."],
        "2": ["It switches itself off, so the tea can wait for you."],
        "3": ["A lamp for late reading."],
        "4": ["Music at home, without a wire to catch.", "Soft on the ears through long evenings."],
        "5": ["For notes, lists and ideas."],
    }
    changed_lines = changes.pop("lines", {})
    assert isinstance(changed_lines, dict)
    texts: dict[str, object] = {
        "subject": ["A word for you, {customer.first_name}", "{1.name}, now {1.price}"],
        "preheader": ["Braided, and {1.discount} off its list price."],
        "intro": ["You liked your {liked.product}, so we looked for things that go with it."],
        "closing": ["See you soon!"],
    }
    return texts | changes | {"lines": lines | changed_lines}


@pytest.fixture(autouse=True)
def full_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls end where they are full, whatever the keys of prompts are."""
    monkeypatch.setattr("fondly.mailer.use_cases.joint_calls.CUT", "-")


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
def make_answer() -> Callable[..., dict[str, object]]:
    """Makes wordings of a whole email that pass unless a change breaks a rule; `InMemoryWriter` has them."""
    return answered


@pytest.fixture(scope="session")
def make_copy() -> Callable[..., Copy]:
    """Makes an email's copy of the first wordings, with changes by field."""

    def make(**changes: str) -> Copy:
        words: dict[str, Any] = answered()
        lines = {f"lines.{number}": texts for number, texts in words.pop("lines").items()}
        return Copy.of({field: texts[0] for field, texts in (words | lines).items()} | changes)

    return make


@pytest.fixture(scope="session")
def facts() -> EmailFacts:
    """The facts of an email with all five products to a customer with a name."""
    return facts_of(recommended())
