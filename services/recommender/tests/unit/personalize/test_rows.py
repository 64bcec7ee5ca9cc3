from decimal import Decimal

import pytest

from fondly.contracts.records import Customer, ProductSentiment
from fondly.recommender.domain.history.history import History
from fondly.recommender.domain.history.preferences import Preference
from fondly.recommender.domain.personalize.datasets import INTERACTIONS, ITEMS, USERS
from fondly.recommender.domain.personalize.rows import customer_rows, interaction_rows, item_row
from services.recommender.tests.fakes import product

LAMP = product(
    "P1",
    "Lamp",
    ("Home", "Lamps|Lights"),
    price=Decimal("99.50"),
    list_price=Decimal(150),
    discount_percent=34,
    rating=Decimal("4.1"),
    rating_count=7,
    bullets=("Bright", "Warm"),
)


def test_an_interaction_carries_the_preference_as_type_and_value() -> None:
    """One row per product, with its own time where known and otherwise the run's."""
    preferences = [
        Preference(product_id="P1", value=0.123456, timestamp=5),
        Preference(product_id="P2"),
        Preference(product_id="P3", timestamp=7, is_bought=True),
    ]
    assert list(interaction_rows(Customer(customer_id="C"), preferences, default_timestamp=9)) == [
        {"USER_ID": "C", "ITEM_ID": "P1", "TIMESTAMP": 5, "EVENT_TYPE": "reviewed", "EVENT_VALUE": 0.1235},
        {"USER_ID": "C", "ITEM_ID": "P2", "TIMESTAMP": 9, "EVENT_TYPE": "reviewed", "EVENT_VALUE": None},
        {"USER_ID": "C", "ITEM_ID": "P3", "TIMESTAMP": 7, "EVENT_TYPE": "purchased", "EVENT_VALUE": None},
    ]


def test_a_product_whose_id_personalize_would_alter_is_left_out() -> None:
    """An id that contains a quote would return as another id."""
    rows = interaction_rows(Customer(customer_id="C"), [Preference(product_id='a"b')], default_timestamp=9)
    assert list(rows) == []


def test_an_item_is_its_facts_and_its_own_text() -> None:
    """Category levels are joined by `|`, which is replaced within a level; review texts are left out."""
    row = item_row(LAMP, ProductSentiment(product_id="P1", positive=2, polarity=0.5))
    assert row == {
        "ITEM_ID": "P1",
        "CATEGORY": "Home|Lamps/Lights",
        "PRICE": 99.5,
        "LIST_PRICE": 150.0,
        "DISCOUNT_PERCENT": 34,
        "RATING": 4.1,
        "RATING_COUNT": 7,
        "SENTIMENT": 0.5,
        "AVAILABILITY": "in-stock",
        "DESCRIPTION": "Lamp. Bright. Warm",
    }


def test_unknown_facts_of_an_item_are_null() -> None:
    """So is the sentiment of a product without scored reviews."""
    row = item_row(product("P", "Thing"), ProductSentiment(product_id="P"))
    assert [name for name, value in row.items() if value is None] == [
        "CATEGORY",
        "LIST_PRICE",
        "DISCOUNT_PERCENT",
        "RATING",
        "RATING_COUNT",
        "SENTIMENT",
    ]


def test_long_texts_stay_within_personalizes_limits() -> None:
    """Category and description are truncated."""
    row = item_row(product("P", "N" * 30_000, ("a" * 600, "b" * 600)), None)
    assert len(str(row["CATEGORY"])) == 1_000
    assert len(str(row["DESCRIPTION"])) == 20_000


@pytest.mark.parametrize(
    ("in_stock", "availability"), [(True, "in-stock"), (None, "in-stock"), (False, "sold-out")]
)
def test_only_what_the_shop_says_is_sold_out_is(in_stock: bool | None, availability: str) -> None:  # noqa: FBT001 - a parameter of the test
    """Most files say nothing about it."""
    assert item_row(product("P", "Thing", in_stock=in_stock), None)["AVAILABILITY"] == availability


@pytest.mark.parametrize(
    ("age", "group"), [(None, None), (17, "under-18"), (18, "18-24"), (64, "55-64"), (65, "65-and-over")]
)
def test_a_customer_is_described_by_groups(age: int | None, group: str | None) -> None:
    """Never by name or email."""
    customer = Customer(customer_id="C", name="Asha", email="a@example.com", age=age)
    rows = customer_rows(History.of(customer, {}, run_id="r", now=0))
    assert rows.user == {"USER_ID": "C", "AGE_GROUP": group}


def test_rows_have_exactly_the_columns_of_their_schemas() -> None:
    """Personalize refuses a file that lacks a column."""
    customer = Customer(customer_id="C")
    interaction = next(interaction_rows(customer, [Preference(product_id="P1")], default_timestamp=1))
    assert tuple(interaction) == INTERACTIONS.columns
    assert tuple(item_row(LAMP, None)) == ITEMS.columns
    assert tuple(customer_rows(History.of(customer, {}, run_id="r", now=0)).user) == USERS.columns
