"""Lists of five, as a good shopkeeper would make them."""

from decimal import Decimal

import pytest

from encore.contracts.records import ProductSentiment, ReasonKind
from encore.recommender.domain.basket import Rule
from encore.recommender.domain.picks import Selection, pick
from encore.recommender.domain.rules import Rules
from encore.recommender.domain.shop_rules import ShopRules
from encore.recommender.domain.shopper import Shopper
from services.recommender.tests.baskets import (
    ALL,
    DURABLE_KETTLES,
    HOSES,
    KETTLES,
    MUGS,
    NOTHING_DURABLE,
    TEA,
    Filling,
)
from services.recommender.tests.fakes import product
from services.recommender.tests.shops import dislikes, ids, likes, owns, shelf, shop_of


def categories(selection: Selection) -> list[tuple[str, ...]]:
    """The leaf category of each pick."""
    return [one.product.category for one in selection.picks]


def test_a_shop_with_fewer_than_five_products_left_yields_them_all() -> None:
    """Whatever rules that breaks, and never one that the customer has."""
    selection = pick(
        Shopper(shop_of(shelf(TEA, 5)), dislikes("tea0"), ["tea0", "gone"], emailed=["tea1", "tea2"])
    )
    assert sorted(ids(selection)) == ["tea1", "tea2", "tea3", "tea4"]
    assert pick(Shopper(shop_of([]), owns("gone"))).picks == ()


def test_a_list_has_at_most_two_of_a_leaf_where_the_shop_has_others() -> None:
    """However long the ranking stays in one category."""
    products = [*ALL, *shelf(("Kitchen", "Pantry", "Coffee"), 2), *shelf(("Kitchen", "Pantry", "Sugar"), 2)]
    selection = pick(
        Shopper(shop_of(products, shop=NOTHING_DURABLE), likes("tea0"), [f"tea{n}" for n in range(6)])
    )
    assert categories(selection).count(TEA) == 2
    assert not selection.yielded


def test_a_list_has_at_most_two_of_a_brand_where_the_shop_has_others() -> None:
    """However popular the brand is."""
    products = [
        product(
            f"{brand}{n}", f"{brand}{n}", ("Kitchen", "Pantry", f"Sort {n}"), brand=brand, rating_count=count
        )
        for brand, count in (("Acme", 9_000), ("Bolt", 10), ("Clay", 5))
        for n in range(4)
    ]
    selection = pick(Shopper(shop_of(products), []))
    assert sum(one.startswith("Acme") for one in ids(selection)) == 2
    assert not selection.yielded


def test_the_owner_of_a_durable_thing_gets_what_goes_with_it() -> None:
    """A television's owner gets cables and speakers rather than five televisions."""
    televisions = shelf(
        ("Electronics", "Televisions", "SmartTelevisions"), 8, price=Decimal(900), rating_count=9_000
    )
    others = [
        one
        for leaf in (
            ("Electronics", "Accessories", "HDMICables"),
            ("Electronics", "Speakers", "Soundbars"),
            ("Electronics", "Accessories", "TVWall&CeilingMounts"),
            ("Electronics", "Televisions", "Remotes"),
        )
        for one in shelf(leaf, 3, price=Decimal(90))
    ]
    ranked = [one.product_id for one in televisions[1:]]
    selection = pick(Shopper(shop_of([*televisions, *others]), likes("smarttelevisions0"), ranked))
    assert sum("SmartTelevisions" in path for path in categories(selection)) <= 1
    kinds = [one.reason.kind for one in selection.picks]
    assert kinds.count(ReasonKind.GOES_WITH) == 2
    assert Rule.REPLACEMENT not in selection.yielded


def test_a_customer_with_only_bad_reviews_gets_products_of_where_they_shop() -> None:
    """Not of the brand that disappointed, and nothing from all over the shop but one."""
    products = [
        *ALL,
        *shelf(("Kitchen", "Pantry", "Coffee"), 6),
        *shelf(("Kitchen", "Pantry", "Sugar"), 6),
        *(product(f"bad{n}", f"rotten{n}", TEA, brand="Rotten", rating_count=90_000) for n in range(4)),
    ]
    selection = pick(Shopper(shop_of(products, shop=NOTHING_DURABLE), dislikes("bad0")))
    assert sum(path[:2] == TEA[:2] for path in categories(selection)) >= 4
    assert not any(one.startswith("bad") for one in ids(selection))
    assert not selection.yielded


def test_pinned_products_come_first_in_their_order() -> None:
    """For everybody who may get them; as many as the setting says."""
    pinned = ShopRules(durable=NOTHING_DURABLE.durable, pinned=("gone", "tea5", "tea4", "tea3"))
    shop = shop_of(ALL, shop=pinned)
    selection = pick(Shopper(shop, likes("tea0")))
    assert ids(selection)[:2] == ["tea5", "tea4"]
    assert [one.reason.kind for one in selection.picks][:2] == [ReasonKind.FEATURED] * 2
    assert ids(pick(Shopper(shop, likes("tea5"))))[:2] == ["tea4", "tea3"]
    assert ids(pick(Shopper(shop, likes("tea0"), emailed=["tea5"])))[:2] == ["tea4", "tea3"]
    one = shop_of(ALL, rules=Rules(max_pinned=1), shop=pinned)
    assert ids(pick(Shopper(one, likes("tea0"))))[0] == "tea5"


@pytest.mark.parametrize("reason", ["disliked", "sold out", "disappointing", "variant"])
def test_a_pinned_product_that_a_customer_should_not_get_is_left_out(reason: str) -> None:
    """The shop's wish does not outweigh a bad review, an empty shelf or what they have."""
    facts: dict[str, dict[str, object]] = {
        "sold out": {"in_stock": False},
        "disappointing": {"brand": "Acme"},
        "variant": {"parent_id": "one"},
    }
    own = product("own", "own", TEA, brand="Acme", parent_id="one")
    pinned = product("pinned", "pinned", TEA).model_copy(update=facts.get(reason, {}))
    shop = shop_of(
        [*ALL, own, pinned],
        sentiments=[
            ProductSentiment(product_id="pinned", negative=9 * (reason == "disliked"), polarity=-0.9)
        ],
        shop=ShopRules(durable=NOTHING_DURABLE.durable, pinned=("pinned",)),
    )
    assert "pinned" not in ids(pick(Shopper(shop, dislikes("own"))))


def test_one_discovery_comes_last_and_is_named_as_such() -> None:
    """The rest is from the parts of the shop that the customer knows."""
    shelves = [
        *shelf(TEA, 3),
        *shelf(("Kitchen", "Pantry", "Coffee"), 2),
        *shelf(HOSES, 9, rating_count=10_000),
    ]
    ranked = [f"hoses{n}" for n in range(9)]
    selection = pick(Shopper(shop_of(shelves, shop=NOTHING_DURABLE), likes("tea0"), ranked))
    assert categories(selection)[-1] == HOSES
    assert selection.picks[-1].reason.kind is ReasonKind.DISCOVERY
    assert [one.reason.kind for one in selection.picks].count(ReasonKind.DISCOVERY) == 1


def test_what_the_last_emails_held_is_not_sent_again() -> None:
    """Nor another colour of it."""
    products = [
        product(
            f"{n} {colour}", f"tea{n} {colour}", ("Kitchen", "Pantry", f"Sort {n % 6}"), parent_id=f"tea{n}"
        )
        for n in range(12)
        for colour in ("red", "blue")
    ]
    shop = shop_of(products)
    first = ids(pick(Shopper(shop, [])))
    second = ids(pick(Shopper(shop, [], emailed=first)))
    assert {one.split()[0] for one in first}.isdisjoint(one.split()[0] for one in second)


def test_rules_yield_one_after_the_other_and_are_counted() -> None:
    """First a third of a leaf, then what was sent, then a bad brand, then a variant of what they have."""
    products = [
        *shelf(TEA, 4),
        product("sent", "sent", TEA),
        product("bad brand", "bad brand", TEA, brand="Acme"),
        product("variant", "variant", TEA, brand="Bolt", parent_id="one"),
        product("own", "own", TEA, brand="Bolt", parent_id="one"),
        product("bad", "bad", TEA, brand="Acme"),
    ]
    known = [*owns("own"), *dislikes("bad")]
    for missing, picked, yielded in (
        (0, {"tea0", "tea1", "tea2", "tea3", "sent"}, {Rule.LEAF: 3, Rule.REPEAT: 1}),
        (
            1,
            {"tea1", "tea2", "tea3", "sent", "bad brand"},
            {Rule.LEAF: 3, Rule.REPEAT: 1, Rule.DISAPPOINTMENT: 1},
        ),
        (
            2,
            {"tea2", "tea3", "sent", "bad brand", "variant"},
            {Rule.LEAF: 3, Rule.REPEAT: 1, Rule.DISAPPOINTMENT: 1, Rule.FAMILY: 1},
        ),
    ):
        selection = pick(Shopper(shop_of(products[missing:], shop=NOTHING_DURABLE), known, emailed=["sent"]))
        assert set(ids(selection)) == picked
        assert dict(selection.yielded) == yielded


def test_no_rule_yields_while_any_product_of_the_shop_keeps_them_all() -> None:
    """A third of a leaf is not picked before the first of a leaf that nothing leads to."""
    unknown = [product(f"loose{n}", f"loose{n}") for n in range(3)]
    selection = pick(
        Shopper(shop_of([*shelf(TEA, 9, rating_count=9_000), *unknown], shop=NOTHING_DURABLE), [])
    )
    assert categories(selection).count(TEA) == 2
    assert not selection.yielded


def test_a_poorly_rated_product_waits_until_nothing_better_is_left() -> None:
    """Even if it is the first in the ranking."""
    good = [
        one for leaf in (TEA, MUGS, KETTLES) for one in shelf(leaf, 3, rating=Decimal("4.5"), rating_count=90)
    ]
    poor = product("poor", "poor", TEA, rating=Decimal("2.0"), rating_count=9_000)
    assert "poor" not in ids(pick(Shopper(shop_of([*good, poor], shop=NOTHING_DURABLE), [], ["poor"])))
    few = shop_of([*good[:4], poor], shop=NOTHING_DURABLE)
    selection = pick(Shopper(few, [], ["poor"]))
    assert "poor" in ids(selection)
    assert selection.yielded[Rule.RATING] == 1


def test_room_is_left_for_complements_that_come_late_in_the_ranking() -> None:
    """So no rule has to yield for them: a basket filled with the same products says so."""
    shop = shop_of(ALL, shop=DURABLE_KETTLES)
    selection = pick(
        Shopper(shop, likes("kettles0", "mugs0", "lanterns0", "hoses0"), ["mugs1", "lanterns1", "hoses1"])
    )
    filling = Filling(shop, likes("kettles0", "mugs0", "lanterns0", "hoses0"))
    filling.add(*ids(selection))
    assert all(one.yielded == () for one in filling.basket.chosen)


def test_a_pick_carries_facts_but_no_reviewers_words() -> None:
    """Shared review texts are removed: they belong in no email."""
    shop = shop_of([product("P", "pen", shared_texts=("words",), bullets=("b",))])
    (picked,) = pick(Shopper(shop, [])).picks
    assert picked.product.shared_texts == ()
    assert picked.product.bullets == ("b",)
