"""What keeps a list from being all of one thing, and lists from being all the same."""

from decimal import Decimal

from fondly.recommender.domain.picking.basket import Rule
from fondly.recommender.domain.picking.reasons import IMPERSONAL
from fondly.recommender.domain.picking.rules import Rules
from services.recommender.tests.baskets import (
    ALL,
    HOSES,
    KETTLES,
    LANTERNS,
    MUGS,
    NOTHING_DURABLE,
    NUTS,
    TEA,
)
from services.recommender.tests.fakes import product
from services.recommender.tests.lists import CUSTOMERS, categories, kinds, lists
from services.recommender.tests.shops import buyer, dislikes, ids, likes, shelf, shop_of

EVERY_LEAF = (TEA, MUGS, KETTLES, HOSES, LANTERNS, NUTS)


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


def test_picks_of_one_category_do_not_follow_one_another() -> None:
    """Though it remains the likeliest one."""
    other = [f"{leaf}{n}" for leaf in ("mugs", "hoses") for n in range(2)]
    again = [
        buyer(f"{leaf}{n}", f"{leaf}{n % 6}", f"{leaf}{(n + 1) % 6}", *other)
        for n in range(90)
        for leaf in ("tea", "nuts")
    ]
    shop = shop_of(ALL, again, rules=Rules(min_linking_customers=99), shop=NOTHING_DURABLE)
    for selection in lists(shop, likes("tea0", "nuts0")):
        first, second, *_ = categories(selection)
        assert first != second


def test_things_of_one_durable_kind_do_not_follow_one_another() -> None:
    """Two categories of televisions are most of a shop, and one television enough for a list."""
    smart, plain = ("Electronics", "TVs", "SmartTelevisions"), ("Electronics", "TVs", "StandardTelevisions")
    shop = shop_of([*shelf(smart, 40), *shelf(plain, 40), *shelf(TEA, 9), *shelf(NUTS, 9), *shelf(HOSES, 9)])
    for selection in lists(shop, []):
        assert sum(leaf in {smart, plain} for leaf in categories(selection)) == 1


def test_a_category_of_which_nothing_is_well_rated_waits() -> None:
    """However large it is."""
    good = [
        one for leaf in (TEA, NUTS, HOSES) for one in shelf(leaf, 9, rating=Decimal("4.5"), rating_count=90)
    ]
    poor = shelf(LANTERNS, 30, rating=Decimal("2.5"), rating_count=90)
    for selection in lists(shop_of([*good, *poor], shop=NOTHING_DURABLE), []):
        assert LANTERNS not in categories(selection)


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
        assert dict(selection.yielded) == {Rule.LEAF: 2}


def test_beyond_the_least_number_other_people_are_no_reason() -> None:
    """What is merely popular is not worth a further place, however likely the customer buys of it."""
    shop = shop_of(ALL, rules=Rules(min_picks=1), shop=NOTHING_DURABLE)
    for selection in lists(shop, likes("nuts0")):
        assert categories(selection) == [NUTS]
        assert IMPERSONAL.isdisjoint(kinds(selection))
