"""Lists of three to five, as a good shopkeeper would make them."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

import pytest

from encore.contracts.records import ProductSentiment, ReasonKind
from encore.recommender.domain.basket import Basket, Rule
from encore.recommender.domain.offers import Offer
from encore.recommender.domain.picks import Selection, pick
from encore.recommender.domain.preferences import Preference
from encore.recommender.domain.reasons import IMPERSONAL
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
    LANTERNS,
    MUGS,
    NOTHING_DURABLE,
    NUTS,
    TEA,
)
from services.recommender.tests.fakes import product
from services.recommender.tests.shops import buyer, dislikes, ids, likes, owns, shelf, shop_of

DEPARTMENTS = ("Kitchen", "Garden", "Food")
CUSTOMERS = [f"C{n}" for n in range(20)]
EVERY_LEAF = (TEA, MUGS, KETTLES, HOSES, LANTERNS, NUTS)


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


def test_who_has_something_gets_as_many_as_there_are_reasons_of_their_own() -> None:
    """Three at least, five at most; the first three do not wait for such reasons."""
    shop = shop_of(ALL, shop=NOTHING_DURABLE)
    for selection in lists(shop, likes("tea0", "hoses0", "nuts0")):
        assert len(selection.picks) == 5
        assert sum(kind in IMPERSONAL for kind in kinds(selection)) <= 1
    for selection in lists(shop, likes("nuts0")):
        assert 3 <= len(selection.picks) < 5


@pytest.mark.parametrize(("min_picks", "picks", "expected"), [(3, 5, 3), (5, 5, 5), (1, 5, 1), (4, 2, 2)])
def test_somebody_unknown_gets_the_least_number(min_picks: int, picks: int, expected: int) -> None:
    """Nothing is of their own; one of these is more than the shop says that an email has at least."""
    shop = shop_of(ALL, rules=Rules(min_picks=min_picks), picks=picks, shop=NOTHING_DURABLE)
    for selection in lists(shop, []):
        assert len(selection.picks) == expected
        assert set(kinds(selection)) <= IMPERSONAL
        assert not selection.yielded


@pytest.mark.parametrize("picks", range(1, MAX_PICKS + 1))
def test_nobody_gets_more_than_the_shop_asks_for(picks: int) -> None:
    """However much there is of their own."""
    products = [*ALL, *(one for n in range(8) for one in shelf(("Kitchen", "Pantry", f"Sort{n}"), 2))]
    for selection in lists(shop_of(products, picks=picks, shop=NOTHING_DURABLE), likes("tea0", "mugs0")):
        assert len(selection.picks) == picks


def test_a_shop_with_fewer_products_left_yields_them_all() -> None:
    """Whatever yielding rules that breaks, and never one that the customer has."""
    shop = shop_of(shelf(TEA, 4))
    selection = pick(Shopper(shop, owns("tea0"), ["tea0", "gone"], emailed=["tea1", "tea2"]))
    assert sorted(ids(selection)) == ["tea1", "tea2", "tea3"]
    assert pick(Shopper(shop_of([]), owns("gone"))).picks == ()
    televisions = shop_of(shelf(("Electronics", "Televisions"), 3))
    assert pick(Shopper(televisions, owns("televisions0"))).picks == ()


def test_a_catalogue_without_categories_still_makes_lists() -> None:
    """Of what is popular."""
    shop = shop_of([product(f"P{n}", f"thing{n}", rating_count=900 - n) for n in range(9)])
    for preferences in ([], owns("P0")):
        for selection in lists(shop, preferences):
            assert len(selection.picks) == 3


def test_the_owner_of_a_durable_thing_gets_what_goes_with_it() -> None:
    """A television's owner gets cables and speakers rather than televisions, whatever is ranked."""
    televisions = [
        product(f"TV{n}", f"Mirano{n} {40 + n} inch TV", ("Electronics", "Televisions", "SmartTelevisions"))
        for n in range(8)
    ]
    others = [
        one
        for leaf in (
            ("Electronics", "Accessories", "HDMICables"),
            ("Electronics", "Speakers", "Soundbars"),
            ("Electronics", "Accessories", "TVWall&CeilingMounts"),
        )
        for one in shelf(leaf, 3)
    ]
    ranked = [one.product_id for one in televisions[1:]]
    for selection in lists(shop_of([*televisions, *others]), likes("TV0"), ranked):
        assert not any("SmartTelevisions" in path for path in categories(selection))
        assert kinds(selection).count(ReasonKind.GOES_WITH) >= 2


WORD = ("amber", "brisk", "cobalt")
BETTER_KETTLES = shop_of(
    [
        *ALL,
        *(
            product(
                f"{maker}{n}",
                f"{maker} {WORD[n]} kettle",
                KETTLES,
                brand=maker,
                rating=stars,
                rating_count=400,
            )
            for maker, stars in (("Acme", Decimal("4.8")), ("Bolt", Decimal("4.7")), ("Clay", Decimal("3.9")))
            for n in range(3)
        ),
        product("bad", "Acme first kettle", KETTLES, brand="Acme", rating=Decimal("3.9"), rating_count=400),
    ],
    shop=DURABLE_KETTLES,
)


def test_after_a_disappointment_one_better_one_of_another_maker_is_offered() -> None:
    """With that reason; nothing goes with the bad one."""
    for selection in lists(BETTER_KETTLES, [*dislikes("bad"), *likes("hoses0", "nuts0")]):
        replacing = [one for one in selection.picks if one.product.category == KETTLES]
        assert [one.product.brand for one in replacing] == ["Bolt"]
        assert [one.reason.kind for one in replacing] == [ReasonKind.BETTER_RATED]
        assert "bad" not in {one.reason.product_id for one in selection.picks if one not in replacing}


def test_a_list_does_not_begin_with_a_disappointment() -> None:
    """What they like comes first: a replacement reminds them of a bad buy."""
    for selection in lists(BETTER_KETTLES, [*dislikes("bad"), *likes("hoses0", "nuts0")]):
        assert selection.picks[0].product.category != KETTLES


def test_what_customers_bought_with_the_customers_own_is_picked_first() -> None:
    """Before what the likeliest categories hold, with how many customers say so."""
    together = [buyer(f"C{n}", "tea0", "lanterns5") for n in range(12)]
    apart = [buyer(f"D{n}", f"nuts{n % 6}", f"mugs{n % 5}") for n in range(60)]
    for selection in lists(shop_of(ALL, [*together, *apart], shop=NOTHING_DURABLE), owns("tea0")):
        first = selection.picks[0]
        assert (first.product.product_id, first.reason.customers) == ("lanterns5", 12)


def test_a_ranking_brings_its_first_products_in() -> None:
    """For customers of whom nothing else is known, one of each category."""
    shop = shop_of(ALL, shop=NOTHING_DURABLE)
    for selection in lists(shop, [], ["hoses4", "nuts4", "hoses3", "lanterns2"]):
        assert set(ids(selection)) == {"hoses4", "nuts4", "lanterns2"}


def test_no_brand_and_no_category_fills_a_list() -> None:
    """Even if all that is most popular and ranked is of them."""
    products = [
        *ALL,
        *(product(f"A{n}", f"the thing{n}", TEA, brand="Acme", rating_count=90_000) for n in range(9)),
        *(product(f"B{n}", f"the gadget{n}", MUGS, brand="Acme", rating_count=90_000) for n in range(9)),
        *(product(f"C{n}", f"the gizmo{n}", HOSES, brand="Acme", rating_count=90_000) for n in range(9)),
    ]
    ranked = [f"{letter}{n}" for n in range(9) for letter in "ABC"]
    for selection in lists(shop_of(products, shop=NOTHING_DURABLE), likes("tea0", "mugs0", "hoses0"), ranked):
        assert sum(one.product.brand == "Acme" for one in selection.picks) <= 2
        assert max(categories(selection).count(leaf) for leaf in EVERY_LEAF) <= 2
        assert not selection.yielded


@pytest.mark.parametrize("owned", [["tea0"], ["kettles0"], []])
def test_what_is_looked_at_does_not_grow_with_the_catalogue(
    owned: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even when little suits the customer."""
    looked_at: list[str] = []
    takes = Basket.takes

    def counted(basket: Basket, offer: Offer, *, yielding: Sequence[Rule] = ()) -> bool:
        looked_at.append(offer.product_id)
        return takes(basket, offer, yielding=yielding)

    monkeypatch.setattr(Basket, "takes", counted)
    numbers = []
    for each in (100, 400):
        products = [one for leaf in (TEA, KETTLES, HOSES) for one in shelf(leaf, each)]
        shop = shop_of(products, rules=Rules(min_picks=8), shop=DURABLE_KETTLES, picks=8)
        looked_at.clear()
        assert len(pick(Shopper(shop, owns(*owned))).picks) == 8
        numbers.append(len(looked_at))
    assert numbers[1] <= 1.1 * numbers[0]


def test_a_customer_with_only_bad_reviews_gets_products_of_where_they_shop() -> None:
    """Not of the brand that disappointed, and nothing is told to go with what did."""
    products = [
        *ALL,
        *(product(f"bad{n}", f"rotten{n}", TEA, brand="Rotten", rating_count=90_000) for n in range(4)),
    ]
    for selection in lists(shop_of(products, shop=NOTHING_DURABLE), dislikes("bad0")):
        assert TEA in categories(selection)
        assert not any(one.startswith("bad") for one in ids(selection))
        assert set(kinds(selection)) <= IMPERSONAL
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
        assert len(selection.picks) == 3
        assert ids(selection)[0] == "hoses1"
        none = Shopper(shop, likes("tea0"), customer_id=customer, unwanted=departments(DEPARTMENTS))
        assert pick(none).picks == ()


def test_an_unknown_department_leaves_nothing_out() -> None:
    """One that the shop has given up, or called otherwise; a product of none is of none."""
    shop = shop_of([*ALL, product("loose", "loose", ())])
    unknown = [
        pick(Shopper(shop, likes("tea0"), (), each, unwanted=departments(["Kitchens", ""])))
        for each in CUSTOMERS
    ]
    assert list(map(ids, lists(shop, likes("tea0")))) == list(map(ids, unknown))


@pytest.mark.parametrize("picks", [1, 2, 3, 5])
def test_pinned_products_are_never_more_than_a_customer_gets(picks: int) -> None:
    """An email of one product has the first pin alone."""
    pinned = ShopRules(durable=NOTHING_DURABLE.durable, pinned=("tea5", "tea4"))
    for selection in lists(shop_of(ALL, shop=pinned, picks=picks), likes("tea0")):
        assert len(selection.picks) <= picks
        assert ids(selection)[:2] == ["tea5", "tea4"][:picks]


@pytest.mark.parametrize("reason", ["disliked", "sold out", "disappointing", "variant", "unfit"])
def test_a_pinned_product_that_a_customer_should_not_get_is_left_out(reason: str) -> None:
    """The shop's wish does not outweigh a bad review, an empty shelf or what they have."""
    facts: dict[str, dict[str, object]] = {
        "sold out": {"in_stock": False},
        "disappointing": {"brand": "Acme"},
        "variant": {"parent_id": "one"},
        "unfit": {"name": "Clear Case for iPhone 13", "category": ("Kitchen", "Pantry", "Phone Cases")},
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


def test_customers_with_equal_histories_get_lists_of_their_own() -> None:
    """The same customer always the same one."""
    shop = shop_of(ALL, shop=NOTHING_DURABLE)
    found = [tuple(ids(one)) for one in lists(shop, likes("tea0", "hoses0"))]
    assert len(set(found)) > len(CUSTOMERS) / 2
    assert found == [tuple(ids(one)) for one in lists(shop, likes("tea0", "hoses0"))]


def test_rules_yield_one_after_the_other_and_are_counted() -> None:
    """First the price, then a second one of a leaf, last what was sent; a bad brand never."""
    products = [
        product("own", "own", TEA, brand="Acme"),
        product("dear", "dear", ("Kitchen", "Pantry", "Sugar"), price=Decimal(900)),
        product("mug", "mug", MUGS),
        product("second mug", "second mug", MUGS),
        product("sent", "sent", NUTS),
        product("bad brand", "bad brand", TEA, brand="Acme"),
    ]
    for kept, yielded in (
        (("mug", "second mug", "dear", "sent", "bad brand"), {Rule.PRICE: 1, Rule.NEW_PART: 1, Rule.LEAF: 1}),
        (("mug", "dear", "sent", "bad brand"), {Rule.PRICE: 1, Rule.NEW_PART: 1, Rule.REPEAT: 1}),
        (("sent", "bad brand"), {Rule.REPEAT: 1}),
    ):
        shop = shop_of([one for one in products if one.product_id in {"own", *kept}], shop=NOTHING_DURABLE)
        for selection in lists(shop, dislikes("own"), emailed=["sent"]):
            assert sorted(ids(selection)) == sorted(kept[: 3 if len(kept) > 2 else 1])
            assert dict(selection.yielded) == yielded


def test_rules_yield_only_up_to_the_least_number_of_picks() -> None:
    """A fourth product is worth less than a rule."""
    shop = shop_of(shelf(TEA, 6), shop=NOTHING_DURABLE)
    for selection in lists(shop, likes("tea0")):
        assert len(selection.picks) == 3
        assert dict(selection.yielded) == {Rule.LEAF: 1}
