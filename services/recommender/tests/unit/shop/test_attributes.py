"""How well texts are read: counted on products that a person has labelled."""

import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from fondly.contracts.records import Product
from fondly.recommender.domain.shop.attributes import makers_of, read_attributes
from fondly.recommender.domain.shop.fit_tables import Fact
from fondly.recommender.domain.shop.names import joined

LABELS = Path(__file__).parents[2] / "labelled_products.yaml"
PRECISION = 0.97
RECALL = 0.9
MIN_PRODUCTS = 200
MIN_FACTS = 10
"""A kind of facts is judged by itself from this many read facts on."""
_FACT = re.compile(r"(\w+)=(.*?)(?=\s\w+=|$)")


def test_of_what_is_read_from_labelled_products_97_percent_is_true() -> None:
    """Precision is the share of read facts, taken and offered, that a person has labelled as well."""
    read, labelled, right = _counts()
    report = [
        f"{kind}: precision {right[kind]}/{read[kind]}, recall {right[kind]}/{labelled[kind]}"
        for kind in sorted(read | labelled)
    ]
    print(*report, sep="\n")  # noqa: T201 - the figures of each kind, for who changes the tables

    assert len(_labelled()) >= MIN_PRODUCTS
    assert right.total() >= PRECISION * read.total()


@pytest.mark.parametrize("kind", ["device", "maker", "model", "port", "system", "inches", "battery", "video"])
def test_of_each_kind_of_facts_97_percent_are_true(kind: str) -> None:
    """No kind of facts is read badly behind the good ones of others."""
    read, _, right = _counts()

    assert read[kind] >= MIN_FACTS
    assert right[kind] >= PRECISION * read[kind]


def test_most_of_what_a_person_sees_in_labelled_products_is_read() -> None:
    """Recall: an accessory about which nothing is known is offered to nobody."""
    _, labelled, right = _counts()

    assert right.total() >= RECALL * labelled.total()


@cache
def _counts() -> tuple[Counter[str], Counter[str], Counter[str]]:
    """Count the facts that are read, labelled, and both, by kind."""
    counts = Counter[str](), Counter[str](), Counter[str]()
    labelled = _labelled()
    products = [product for product, *_ in labelled]
    makers = makers_of(products, {one.product_id: joined(one.brand or "") or None for one in products}.get)
    for product, takes, offers in labelled:
        found = read_attributes(product, joined(product.brand or "") or None, makers)
        for read, truth in ((found.takes, takes), (found.offers, offers)):
            for counted, facts in zip(counts, (read, truth, read & truth), strict=True):
                counted.update(fact.kind for fact in facts)
            for wrong in read ^ truth:
                verdict = "wrong" if wrong in read else "missed"
                print(verdict, wrong, "of", product.name)  # noqa: T201 - shown where a test fails
    return counts


@cache
def _labelled() -> list[tuple[Product, frozenset[Fact], frozenset[Fact]]]:
    content: dict[str, Any] = yaml.safe_load(LABELS.read_text(encoding="utf-8"))
    common: dict[str, str] = content["common"]
    return [
        (
            Product(
                product_id=str(number),
                name=name,
                category=tuple(level.strip() for level in category.replace("|", ">").split(">")),
                brand=brand or None,
                price=Decimal(1),
                currency="EUR",
                bullets=tuple(filter(None, "".join(bullets).split("|"))),
            ),
            frozenset(_facts(takes, common)),
            frozenset(_facts(offers.replace("+taken", takes), common)),
        )
        for number, (category, name, brand, takes, offers, *bullets) in enumerate(content["products"])
    ]


def _facts(text: str, common: dict[str, str]) -> Iterator[Fact]:
    """Read facts such as "inches=12-27 maker=lg|sony model=nova 5"; a value may hold spaces."""
    for name, facts in sorted(common.items(), key=lambda entry: -len(entry[0])):
        text = text.replace(f"+{name}", facts)
    for kind, values in _FACT.findall(text):
        for value in values.strip().split("|"):
            least, _, most = value.partition("-")
            if kind == "inches" and most:
                yield from (Fact(kind, str(size)) for size in range(int(least), int(most) + 1))
            else:
                yield Fact(kind, value)
