from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from fondly.contracts.records import OwnProduct, Reason, ReasonKind, Recommendation
from fondly.mailer.domain.facts import figures
from fondly.mailer.domain.facts.email import EmailFacts, NoPicksError, email_facts
from fondly.mailer.domain.facts.own_names import own_name
from fondly.mailer.domain.language.naming import Naming
from fondly.mailer.domain.text import category_label

MakeFacts = Callable[..., EmailFacts]


@pytest.mark.parametrize(
    ("amount", "currency", "locale", "shown"),
    [
        ("399", "INR", "en_IN", "₹399"),
        ("399.00", "INR", "en_IN", "₹399"),
        ("139900.5", "INR", "en_IN", "₹1,39,900.50"),
        ("139900", "INR", "en_IN", "₹1,39,900"),
        ("0.99", "INR", "en_IN", "₹0.99"),
        ("12345678.90", "INR", "en_IN", "₹1,23,45,678.90"),
        ("1234.5", "USD", "en_US", "$1,234.50"),
        ("1234", "GBP", "en_GB", "£1,234"),
        ("1234.5", "EUR", "en_IN", "€1,234.50"),
    ],
)
def test_amounts_are_written_as_the_locale_does(amount: str, currency: str, locale: str, shown: str) -> None:
    """With its grouping, without `.00`, with both digits of a fraction."""
    assert figures.money(Decimal(amount), currency, locale) == shown


def test_counts_and_ratings_are_written_as_the_locale_does() -> None:
    """Counts are grouped, ratings keep a decimal."""
    assert figures.count(426973, "en_IN") == "4,26,973"
    assert figures.rating(Decimal("4.0"), "en_IN") == "4.0"
    assert figures.rating(Decimal(4), "en_IN") == "4.0"


def test_a_product_has_slots_only_for_the_facts_it_has(facts: EmailFacts) -> None:
    """Without a discount or rating, there is no slot for one."""
    assert facts.products[0].values == {
        "name": "Northlane Nylon Braided USB Type-C Cable",
        "own": "Solero 20 W Wall Charger",
        "price": "₹399",
        "was_price": "₹1,099",
        "saving": "₹700",
        "discount": "64%",
        "rating": "4.2",
        "rating_count": "24,269",
        "reason": "because you liked your Solero 20 W Wall Charger",
    }
    assert facts.products[2].values.keys() == {"name", "price", "rating", "reason"}
    assert facts.products[4].values.keys() == {"name", "price", "reason"}


def test_a_long_name_is_kept_whole(make_facts: MakeFacts) -> None:
    """Shops fill names with search words; the email still has the catalogue's name to its last word."""
    name = "Filter Coffee Maker " + "| Home and Kitchen, Office, Traditional " * 12 + "Beans"
    assert make_facts(name=name).products[0].name == name


@pytest.mark.parametrize(
    ("changes", "discount"),
    [
        ({"discount_percent": 64}, "64%"),
        ({"discount_percent": 63}, "63%"),
        ({"discount_percent": None}, "63%"),
        ({"discount_percent": 0}, None),
        ({"list_price": None}, "64%"),
        ({"list_price": "399"}, None),
        ({"list_price": "200"}, None),
        ({"list_price": None, "discount_percent": None}, None),
    ],
)
def test_the_discount_is_the_catalogues_own(
    changes: dict[str, object], discount: str | None, make_facts: MakeFacts
) -> None:
    """Computed (and rounded down) only where the catalogue gives two prices and no percentage."""
    assert make_facts(**changes).products[0].values.get("discount") == discount


@pytest.mark.parametrize(("percent", "spoken"), [(9, False), (10, True)])
def test_copy_is_not_told_of_a_small_discount(percent: int, spoken: bool, make_facts: MakeFacts) -> None:  # noqa: FBT001 - one of a table's columns
    """The card shows it all the same; "6% off" is no headline."""
    product = make_facts(list_price="100", price=str(100 - percent), discount_percent=percent).products[0]
    assert {"was_price", "saving", "discount"} <= product.values.keys()
    assert ("discount" in product.spoken, "was_price" in product.spoken) == (spoken, spoken)
    assert {"name", "price"} <= set(product.spoken)


def test_reasons_are_phrases(facts: EmailFacts) -> None:
    """Each can follow a dash or a colon."""
    assert [product.values["reason"] for product in facts.products] == [
        "because you liked your Solero 20 W Wall Charger",
        "to go with your Vireo Pour-Over Coffee Set",
        "new in desk lamps",
        "featured in our shop",
        "featured in our shop",
    ]


def test_a_customer_without_picks_cannot_get_an_email(recommend: Callable[..., Recommendation]) -> None:
    """The email would be empty."""
    with pytest.raises(NoPicksError):
        email_facts(recommend(products=0), brand="b", locale="en_IN")


@pytest.mark.parametrize(
    ("path", "label"),
    [
        (("Electronics", "USBCables"), "USB Cables"),
        (("Home", "HomeTheater,TV&Video"), "Home Theater, TV & Video"),
        (("Desk Lamps",), "Desk Lamps"),
        (("SmartWatches",), "Smart Watches"),
        (("USBtoUSBAdapters",), "USB to USB Adapters"),
        (("HandMixers",), "Hand Mixers"),
        ((), ""),
    ],
)
def test_a_category_is_shown_in_words(path: tuple[str, ...], label: str) -> None:
    """The last level of the path, with its words separated."""
    assert category_label(path) == label


@pytest.mark.parametrize(
    ("name", "category", "called"),
    [
        ("Tarn Mug", ("Kitchen", "Mugs"), "Tarn Mug"),
        ("Orrelux Flexi 232 Fast Charging Type-C Cable", ("Cables", "USBCables"), "Orrelux USB cable"),
        ("Veloxo Arc 104 Silent Wireless Optical Pointer", ("Computers", "Mice"), "Veloxo mouse"),
        ("Black Steam Iron", ("Home", "Irons"), "steam iron"),
        ("T Hand Blender", ("Home", "Blenders"), "hand blender"),
        ("Stainless Steel Electric Kettle for Boiling Water", ("Home", "Kettles"), "kettle"),
        ("Norra Weatherproof Cedarwood Balcony Boxes", ("Garden", "WindowBoxes"), "Norra window box"),
        (
            "Norra Long Evening Jacket with a Hood, Grey",
            ("Wear", "Jackets&Coats"),
            "Norra Long Evening Jacket",
        ),
        (
            "Vanta Sound Wired Listening Devices for Sport",
            ("Audio", "In-Ear"),
            "Vanta Sound Wired Listening Devices",
        ),
    ],
)
def test_a_sentence_calls_the_customers_own_product_briefly(
    name: str, category: tuple[str, ...], called: str
) -> None:
    """A long title gives way to the brand and the kind, where the category is a plain plural."""
    assert own_name(name, category, Naming.load("en")) == called


def test_a_discount_that_nobody_believes_is_not_shown(make_facts: MakeFacts) -> None:
    """Neither on the card nor to the model; the price alone is."""
    changes = {"price": "300", "list_price": "1000", "discount_percent": 70}
    assert {"was_price", "saving", "discount"}.isdisjoint(make_facts(**changes).products[0].values)
    shown = make_facts(**(changes | {"discount_percent": 69})).products[0]
    assert shown.values["discount"] == "69%"
    allowed = replace(make_facts(**changes).products[0], max_discount=100)
    assert allowed.values["discount"] == "70%"


def said(product_id: str, words: str | None, polarity: float | None = 0.9) -> OwnProduct:
    """A product of the customer's, of which they said something."""
    return OwnProduct(product_id=product_id, product_name=f"Mug {product_id}", polarity=polarity, said=words)


TELLING = "It keeps my tea warm until late in the evening."


@pytest.mark.parametrize(
    ("owned", "name"),
    [
        ([said("A", TELLING), said("B", f"{TELLING} It looks good too.")], "Mug B"),
        ([said("A", f"{TELLING} It looks good."), said("H", TELLING)], "Mug H"),
        ([said("A", "Just perfect for my daily use"), said("B", None)], None),
        ([said("A", TELLING, polarity=None)], None),
    ],
    ids=["longest", "of-the-first-pick", "too-short", "no-opinion"],
)
def test_an_email_takes_up_the_most_telling_words(
    owned: list[OwnProduct], name: str | None, recommend: Callable[..., Recommendation]
) -> None:
    """Those on the product that the first pick was chosen for, else the longest of a few words."""
    reason = Reason(kind=ReasonKind.GOES_WITH, product_id="H", product_name="Mug H")
    told = recommend(reasons=[reason]).model_copy(update={"owned": tuple(owned)})
    own = email_facts(told, brand="b", locale="en_IN").experience.own
    assert (own.name if own else None) == name
    silent = email_facts(told, brand="b", locale="en_IN", personal_words=False)
    assert silent.experience.own is None
