"""What is known about a customer."""

from decimal import Decimal

from fondly.recommender.domain.picking.shopper import Shopper
from fondly.recommender.domain.shop.merchandising import ShopRules
from services.recommender.tests.fakes import product
from services.recommender.tests.shops import dislikes, likes, owns, shelf, shop_of

TEA, MUGS, KETTLES = (
    ("Kitchen", "Pantry", "Tea"),
    ("Kitchen", "Table", "Mugs"),
    ("Kitchen", "Small", "Kettles"),
)
SHOP = shop_of(
    [
        *shelf(TEA, 2, brand="Leaf Co", price=Decimal(10)),
        *shelf(MUGS, 2, brand="Clay", price=Decimal(30)),
        *shelf(KETTLES, 2, brand="Clay", price=Decimal(90)),
        product("loose", "loose"),
        product("red", "red", TEA, parent_id="pair"),
        product("blue", "blue", TEA, parent_id="pair"),
    ],
    shop=ShopRules(durable={"Kettles": True, "Tea": False, "Mugs": False}),
)


def test_products_that_the_shop_no_longer_has_are_known_but_not_owned() -> None:
    """They are never picked again, and nothing else follows from them."""
    shopper = Shopper(SHOP, likes("gone", "tea0"))
    assert [one.product.product_id for one in shopper.owned] == ["tea0"]
    assert shopper.labels == {"gone", "tea0"}
    assert Shopper(SHOP, likes("gone")).price_range(TEA) is None


def test_parts_of_the_shop_are_those_of_all_products_whether_liked_or_not() -> None:
    """A customer whose every review is bad still shops somewhere; a product without a category is nowhere."""
    shopper = Shopper(SHOP, [*dislikes("tea0"), *owns("mugs0", "loose")])
    assert shopper.parts == {TEA[:2], MUGS[:2]}


def test_only_liked_products_are_liked() -> None:
    """Neither unknown opinions nor bad ones."""
    shopper = Shopper(SHOP, [*owns("tea0"), *likes("tea1"), *dislikes("mugs0")])
    assert [one.product.product_id for one in shopper.liked] == ["tea1"]


def test_a_bad_product_has_a_small_voice_but_one() -> None:
    """It shows a need, less than a product that is liked."""
    shopper = Shopper(SHOP, [*likes("tea0"), *owns("tea1"), *dislikes("mugs0")])
    liked, unknown, bad = (one.voice for one in shopper.owned)
    assert liked > unknown > bad > 0


def test_durable_products_are_listed_by_what_they_are() -> None:
    """Consumables are not."""
    shopper = Shopper(SHOP, owns("kettles0", "tea0", "kettles1"))
    (owned,) = shopper.durables.values()
    assert [one.product.product_id for one in owned] == ["kettles0", "kettles1"]


def test_a_brand_disappoints_in_the_part_of_the_shop_where_it_did() -> None:
    """Not elsewhere, and only where the review is bad."""
    shopper = Shopper(SHOP, [*dislikes("mugs0"), *likes("kettles0"), *owns("tea0")])
    assert shopper.disappointments == {("clay", MUGS[:2])}


def test_a_bad_novel_is_no_reason_against_its_publisher() -> None:
    """Nor against reading on, while a single review of tea is against its maker."""
    novel = product("novel", "Broken Gardens", ("Books", "Novels"), brand="Grey Heron")
    assert not Shopper(shop_of([novel]), dislikes("novel")).disappointments


def test_the_price_range_is_that_of_all_owned_products_or_of_those_of_a_leaf() -> None:
    """From the lowest to the highest."""
    shopper = Shopper(SHOP, owns("mugs0", "kettles0", "tea0"))
    assert shopper.price_range(("Garden", "Hoses")) == (Decimal(10), Decimal(90))
    prices = {one.product.price for one in shopper.owned if one.leaf == TEA}
    assert shopper.price_range(TEA) == (min(prices), max(prices))
    assert Shopper(SHOP, []).price_range(TEA) is None


def test_variants_share_labels_with_what_is_known_and_what_was_sent() -> None:
    """So that neither is offered again in another colour."""
    shopper = Shopper(SHOP, owns("red"), emailed=("blue", "gone"))
    blue = SHOP.catalogue.labels("blue")
    assert shopper.labels & blue
    assert shopper.emailed_labels >= blue
