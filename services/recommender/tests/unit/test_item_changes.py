"""What Personalize is told of products between two catalogues."""

import json
from collections.abc import Mapping

import pytest

from encore.recommender.domain.csv_files import csv_file
from encore.recommender.domain.filters import IN_STOCK, SOLD_OUT
from encore.recommender.domain.item_changes import MAX_PROPERTIES_CHARS, item_changes
from encore.recommender.domain.records import ItemRecord
from encore.recommender.domain.schemas import ITEMS


def catalogue(**products: Mapping[str, str | float]) -> bytes:
    """A file of items; what is not said of a product is empty."""
    rows = [
        {**dict.fromkeys(ITEMS.columns), "ITEM_ID": key, "NAME": key, "AVAILABILITY": IN_STOCK, **known}
        for key, known in products.items()
    ]
    return csv_file(ITEMS.columns, rows)


def told(found: list[ItemRecord] | None) -> dict[str, dict[str, object]]:
    """What is said of each product."""
    assert found is not None
    return {one.item_id: json.loads(one.properties) for one in found}


def test_only_what_differs_is_told() -> None:
    """A new product, and one with another price; the order of the file means nothing."""
    before = catalogue(P1={"PRICE": 1.5}, P2={"PRICE": 2.0})
    now = catalogue(P3={"RATING_COUNT": 4}, P2={"PRICE": 2.5}, P1={"PRICE": 1.5})
    assert told(item_changes(before, now, most=2)) == {
        "P2": {"name": "P2", "availability": IN_STOCK, "price": 2.5},
        "P3": {"name": "P3", "availability": IN_STOCK, "ratingCount": 4.0},
    }
    assert item_changes(before, before, most=0) == []


def test_what_is_gone_is_sold_out() -> None:
    """Personalize deletes no single product, and filters leave out what is sold out."""
    before = catalogue(P1={"PRICE": 1.5}, P2={})
    assert told(item_changes(before, catalogue(P2={}), most=1)) == {
        "P1": {"name": "P1", "availability": SOLD_OUT, "price": 1.5}
    }


def test_ids_and_texts_may_have_commas_and_quotes() -> None:
    """Lines are compared by their ids, whatever needs quotes in them."""
    before = catalogue(**{"P,1": {"NAME": 'A 24" screen, \\ black'}, "P,2": {}})
    now = catalogue(**{"P,1": {"NAME": 'A 27" screen, \\ black'}, "P,2": {}})
    assert told(item_changes(before, now, most=1)) == {
        "P,1": {"name": 'A 27" screen, \\ black', "availability": IN_STOCK}
    }


def test_more_than_may_be_put_is_for_an_import() -> None:
    """New, changed and gone products count alike."""
    before, now = catalogue(P1={}, P2={}), catalogue(P2={"PRICE": 1.0}, P3={})
    assert len(told(item_changes(before, now, most=3))) == 3
    assert item_changes(before, now, most=2) is None


def test_other_columns_are_for_an_import() -> None:
    """A release has changed the schema: every product is described otherwise."""
    assert item_changes(b"ITEM_ID,PRICE\nP1,1.0\n", catalogue(P1={}), most=10) is None


@pytest.mark.parametrize(("text", "fits"), [("ü" * 20_000, True), ('"' * 20_000, False)])
def test_a_product_that_does_not_fit_into_a_call_is_for_an_import(text: str, fits: bool) -> None:  # noqa: FBT001
    """Quotes count twice; other letters are not escaped."""
    found = item_changes(catalogue(P1={}), catalogue(P1={"DESCRIPTION": text}), most=1)
    assert (found is not None) == fits
    assert not found or len(found[0].properties) <= MAX_PROPERTIES_CHARS
