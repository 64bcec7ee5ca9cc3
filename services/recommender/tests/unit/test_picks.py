"""Lists of five, as a good shopkeeper would make them."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

import pytest

from encore.contracts.records import ProductSentiment, ReasonKind
from encore.recommender.domain.basket import Basket, Rule
from encore.recommender.domain.offers import Offer
from encore.recommender.domain.picks import Selection, pick
from encore.recommender.domain.preferences import Preference
from encore.recommender.domain.rules import MAX_PICKS, Rules
from encore.recommender.domain.shop import Shop
from encore.recommender.domain.shop_rules import ShopRules
from encore.recommender.domain.shopper import Shopper
from encore.recommender.domain.topics import departments
from services.recommender.tests.baskets import (
    ALL,
    DURABLE_KETTLES,
    HOSES,
    KETTLES,
    NOTHING_DURABLE,
    TEA,
)
from services.recommender.tests.fakes import product
from services.recommender.tests.shops import dislikes, ids, likes, owns, shelf, shop_of

DEPARTMENTS = ("Kitchen", "Garden", "Food")
CUSTOMERS = [f"C{n}" for n in range(20)]


def lists(
    shop: Shop, preferences: Sequence[Preference], ranked: Sequence[str] = (), emailed: Sequence[str] = ()
) -> Iterator[Selection]:
    """Yield the lists of twenty customers, of whom all else is equal."""
    for customer in CUSTOMERS:
        yield pick(Shopper(shop, preferences, ranked, customer, emailed))


def categories(selection: Selection) -> list[tuple[str, ...]]:
    """The leaf category of each pick."""
    return [one.product.category for one in selection.picks]


def kinds(selection: Selection) -> list[ReasonKind]:
    """The kind of each pick's reason."""
    return [one.reason.kind for one in selection.picks]


def test_a_shop_with_fewer_than_five_products_left_yields_them_all() -> None:
    """Whatever rules that breaks, and never one that the customer has."""
    selection = pick(
        Shopper(shop_of(shelf(TEA, 5)), dislikes("tea0"), ["tea0", "gone"], emailed=["tea1", "tea2"])
    )
    assert sorted(ids(selection)) == ["tea1", "tea2", "tea3", "tea4"]
    assert pick(Shopper(shop_of([]), owns("gone"))).picks == ()


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
    for selection in lists(shop_of([*televisions, *others]), likes("smarttelevisions0"), ranked):
        assert sum("SmartTelevisions" in path for path in categories(selection)) <= 1
        assert kinds(selection).count(ReasonKind.GOES_WITH) >= 2
        assert selection.yielded.keys().isdisjoint({Rule.REPLACEMENT, Rule.COMPLEMENTS})


@pytest.mark.parametrize("owned", ["tea0", "kettles0"])
def test_what_is_looked_at_does_not_grow_with_the_catalogue(
    owned: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even when the whole shop is searched, because little else suits the customer."""
    looked_at: list[str] = []
    cost = Basket.cost

    def counted(basket: Basket, offer: Offer, *, below: int) -> int | None:
        looked_at.append(offer.product_id)
        return cost(basket, offer, below=below)

    monkeypatch.setattr(Basket, "cost", counted)
    numbers = []
    for each in (100, 400):
        products = [one for leaf in (TEA, KETTLES, HOSES) for one in shelf(leaf, each)]
        shop = shop_of(products, rules=Rules(min_complements=0), shop=DURABLE_KETTLES, picks=8)
        looked_at.clear()
        assert len(pick(Shopper(shop, owns(owned))).picks) == 8
        numbers.append(len(looked_at))
    assert numbers[1] == numbers[0]


def test_a_customer_with_only_bad_reviews_gets_products_of_where_they_shop() -> None:
    """Not of the brand that disappointed, and nothing from all over the shop but one."""
    products = [
        *ALL,
        *shelf(("Kitchen", "Pantry", "Coffee"), 6),
        *shelf(("Kitchen", "Pantry", "Sugar"), 6),
        *(product(f"bad{n}", f"rotten{n}", TEA, brand="Rotten", rating_count=90_000) for n in range(4)),
    ]
    for selection in lists(shop_of(products, shop=NOTHING_DURABLE), dislikes("bad0")):
        assert sum(path[:2] == TEA[:2] for path in categories(selection)) >= 4
        assert not any(one.startswith("bad") for one in ids(selection))
        assert not selection.yielded


def test_pinned_products_come_first_in_their_order() -> None:
    """For everybody who may get them; as many as the setting says."""
    pinned = ShopRules(durable=NOTHING_DURABLE.durable, pinned=("gone", "tea5", "tea4", "tea3"))
    shop = shop_of(ALL, shop=pinned)
    for selection in lists(shop, likes("tea0")):
        assert ids(selection)[:2] == ["tea5", "tea4"]
        assert kinds(selection)[:2] == [ReasonKind.FEATURED] * 2
    for selection in (*lists(shop, likes("tea5")), *lists(shop, likes("tea0"), emailed=["tea5"])):
        assert ids(selection)[:2] == ["tea4", "tea3"]
    for selection in lists(shop_of(ALL, rules=Rules(max_pinned=1), shop=pinned), likes("tea0")):
        assert ids(selection)[0] == "tea5"


def test_nothing_of_an_unwanted_department_is_picked() -> None:
    """Neither a ranked or pinned product nor what goes with theirs, though too few are left."""
    pinned = ShopRules(durable=NOTHING_DURABLE.durable, pinned=("tea5", "hoses1"))
    shop, ranked = shop_of(ALL, shop=pinned), [f"tea{n}" for n in range(6)]
    for customer in CUSTOMERS:
        shopper = Shopper(shop, likes("tea0"), ranked, customer, unwanted=departments([" KITCHEN "]))
        selection = pick(shopper)
        assert {category[0] for category in categories(selection)} <= {"Garden", "Food"}
        assert len(selection.picks) == shop.picks
        assert ids(selection)[0] == "hoses1"
        none = Shopper(shop, likes("tea0"), customer_id=customer, unwanted=departments(DEPARTMENTS))
        assert pick(none).picks == ()


def test_an_unknown_department_leaves_nothing_out() -> None:
    """One that the shop has given up, or called otherwise; a product of none is of none."""
    shop = shop_of([*ALL, product("loose", "loose", ())])
    for one, other in zip(
        lists(shop, likes("tea0")),
        [
            pick(Shopper(shop, likes("tea0"), (), each, unwanted=departments(["Kitchens", ""])))
            for each in CUSTOMERS
        ],
        strict=True,
    ):
        assert ids(one) == ids(other)


@pytest.mark.parametrize("picks", range(1, MAX_PICKS + 1))
def test_pinned_products_are_never_more_than_a_customer_gets(picks: int) -> None:
    """An email of one product has the first pin alone."""
    pinned = ShopRules(durable=NOTHING_DURABLE.durable, pinned=("tea5", "tea4"))
    for selection in lists(shop_of(ALL, shop=pinned, picks=picks), likes("tea0")):
        assert len(selection.picks) == picks
        assert ids(selection)[:2] == ["tea5", "tea4"][:picks]


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
    assert all("pinned" not in ids(selection) for selection in lists(shop, dislikes("own")))


def test_one_discovery_comes_last_and_is_named_as_such() -> None:
    """The rest is from the parts of the shop that the customer knows."""
    shelves = [
        *shelf(TEA, 3),
        *shelf(("Kitchen", "Pantry", "Coffee"), 2),
        *shelf(HOSES, 9, rating_count=10_000),
    ]
    ranked = [f"hoses{n}" for n in range(9)]
    for selection in lists(shop_of(shelves, shop=NOTHING_DURABLE), likes("tea0"), ranked):
        assert categories(selection).index(HOSES) == 4
        assert kinds(selection).index(ReasonKind.DISCOVERY) == 4


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
    for selection in lists(shop, []):
        first = ids(selection)
        for later in lists(shop, [], emailed=first):
            assert {one.split()[0] for one in first}.isdisjoint(one.split()[0] for one in ids(later))


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
        for selection in lists(shop_of(products[missing:], shop=NOTHING_DURABLE), known, emailed=["sent"]):
            assert set(ids(selection)) == picked
            assert dict(selection.yielded) == yielded
