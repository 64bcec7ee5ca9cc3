"""Rules of the shop's file, and the products that they match."""

from decimal import Decimal

import pytest

from fondly.contracts.records import Product
from fondly.recommender.domain.shop.matching import excludes, unmatched
from fondly.recommender.domain.shop.merchandising import read_shop_rules


def product(product_id: str, name: str, *category: str, brand: str | None = None) -> Product:
    """A product of the shop."""
    return Product(
        product_id=product_id,
        name=name,
        category=category,
        other_categories=(("Shop", "Gifts"),),
        price=Decimal(5),
        currency="EUR",
        brand=brand,
    )


SHOP = [
    product("P1", "Acme Steam Iron 500", "Home", "Irons"),
    product("P2", "Kettle", "Home", "Kitchen", "Kettles", brand="Tee & Co."),
]


def test_each_rule_without_a_product_is_named_as_the_file_has_it() -> None:
    """By kind: a typing error in any of them would otherwise exclude or pin nothing in silence."""
    rules = read_shop_rules(
        b"exclude: {products: [P1, P9], brands: [ACME, tee&co, Akme], categories: [gifts, kettle, Toys]}\n"
        b"pin: [P2, P8]\n"
        b"durable: {Irons: true, Sofas: true}\n"
        b"complements: {Kettles: [Irons, Teas], Lamps: [Kettles]}\n",
        file="merchandising.yaml",
    )
    assert unmatched(rules, SHOP) == [
        "exclude.products: P9",
        "pin: P8",
        "exclude.brands: Akme",
        "exclude.categories: Toys",
        "durable: Sofas",
        "complements: Lamps",
        "complements: Teas",
    ]


def test_a_run_knows_the_brands_that_it_picks_by() -> None:
    """It has learned them from the whole catalogue: what a name begins with is not enough."""
    rules = read_shop_rules(b"exclude: {brands: [Acme Steam]}", file="merchandising.yaml")
    assert unmatched(rules, SHOP) == []
    assert unmatched(rules, SHOP, lambda _: ["acme"]) == ["exclude.brands: Acme Steam"]


@pytest.mark.parametrize(
    ("rules", "excluded"),
    [
        ("products: [P1]", ["P1"]),
        ("brands: [acme]", ["P1"]),
        ("brands: [TEE & CO]", ["P2"]),
        ("categories: [kitchens]", ["P2"]),
        ("categories: [gifts]", ["P1", "P2"]),
        ("categories: [Kit]", []),
    ],
)
def test_a_product_is_excluded_by_id_brand_or_any_level(rules: str, excluded: list[str]) -> None:
    """As in a run, also by a level of another path that it stands in."""
    said = read_shop_rules(f"exclude: {{{rules}}}".encode(), file="merchandising.yaml")
    assert [each.product_id for each in SHOP if excludes(said, each)] == excluded
