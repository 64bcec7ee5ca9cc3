"""Lists of three to five, as a good shopkeeper would make them."""

from collections.abc import Sequence
from decimal import Decimal

import pytest

from fondly.contracts.records import ReasonKind
from fondly.recommender.domain.picking.basket import Basket, Rule
from fondly.recommender.domain.picking.offers import Offer
from fondly.recommender.domain.picking.picks import pick
from fondly.recommender.domain.picking.reasons import IMPERSONAL
from fondly.recommender.domain.picking.rules import MAX_PICKS, Rules
from fondly.recommender.domain.picking.shopper import Shopper
from services.recommender.tests.baskets import (
    ALL,
    DURABLE_KETTLES,
    HOSES,
    KETTLES,
    LANTERNS,
    NOTHING_DURABLE,
    NUTS,
    TEA,
)
from services.recommender.tests.fakes import product
from services.recommender.tests.lists import categories, kinds, lists
from services.recommender.tests.shops import buyer, dislikes, ids, likes, owns, shelf, shop_of

WORD = ("amber", "brisk", "cobalt")


def test_who_has_something_gets_as_many_as_there_are_reasons_of_their_own() -> None:
    """Three at least, five at most; the first three do not wait for such reasons."""
    shop = shop_of(ALL, shop=NOTHING_DURABLE)
    for selection in lists(shop, likes("tea0", "hoses0", "nuts0")):
        assert len(selection.picks) == 5
        assert IMPERSONAL.isdisjoint(kinds(selection))
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


def test_the_next_volume_of_a_series_is_picked_before_what_is_popular() -> None:
    """And none that comes after a volume which the customer does not have."""
    fantasy = ("Books", "Fiction", "Fantasy")
    volumes = [product(f"volume{n}", f"{WORD[n]} night (The Vale, Book {n + 1})", fantasy) for n in range(3)]
    others = [one for n in range(9) for one in shelf(("Books", "Fiction", f"Sort{n}"), 3, rating_count=9_000)]
    shop = shop_of([*volumes, *shelf(fantasy, 20, rating_count=9_000), *others])
    for selection in lists(shop, likes("volume0")):
        assert "volume1" in ids(selection)
        assert "volume2" not in ids(selection)
    for selection in lists(shop, likes("fantasy0")):
        assert {"volume1", "volume2"}.isdisjoint(ids(selection))


def test_one_bad_novel_is_no_reason_to_stop_reading() -> None:
    """The series that they like goes on first, and that of the bad one does not."""
    crime = ("Books", "Fiction", "Crime")
    good, bad = (
        [product(f"{name}{n}", f"{name} {WORD[n]} (The {name}, Book {n + 1})", crime) for n in range(3)]
        for name in ("wren", "oslo")
    )
    shop = shop_of([*good, *bad, *shelf(crime, 9), *shelf(("Books", "Non-Fiction", "History"), 9)])
    for selection in lists(shop, [*likes("wren0"), *dislikes("oslo0")]):
        assert ids(selection)[0] == "wren1"
        assert "oslo1" not in ids(selection)


def test_a_title_comes_in_the_form_of_those_that_the_customer_has() -> None:
    """In any category of the department."""
    editions = [
        product(
            f"{name}{form}",
            f"{name} years, {form}",
            ("Books", "History"),
            variant=form,
            parent_id=name,
        )
        for name in ("Roman", "Iron", "Golden", "Cold", "Late", "Early")
        for form in ("Hardback", "Paperback")
    ]
    novels = [
        product(form, f"Novel, {form}", ("Books", "Novels"), variant=form)
        for form in ("Hardback", "Paperback")
    ]
    shop = shop_of([*editions, *novels])
    for form in ("Hardback", "Paperback"):
        for selection in lists(shop, likes(form)):
            picked = {one.product.variant for one in selection.picks if one.product.category[-1] == "History"}
            assert picked == {form}


@pytest.mark.parametrize("picks", range(1, MAX_PICKS + 1))
def test_nobody_gets_more_than_the_shop_asks_for(picks: int) -> None:
    """However much there is of their own."""
    products = [*ALL, *(one for n in range(10) for one in shelf(("Kitchen", "Pantry", f"Sort{n}"), 2))]
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
    """For customers of whom nothing else is known, and then something of the next category."""
    ranked = ["hoses4", "nuts4", "hoses3", "lanterns2"]
    found = list(lists(shop_of(ALL, shop=NOTHING_DURABLE), [], ranked))
    assert all("hoses4" in ids(selection) for selection in found)
    assert all(set(categories(selection)) == {HOSES, NUTS, LANTERNS} for selection in found)
    assert sum(one in ranked for selection in found for one in ids(selection)) > 2 * len(found)


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
        *shelf(("Kitchen", "Pantry", "Sugar"), 6),
        *(product(f"bad{n}", f"rotten{n}", TEA, brand="Rotten", rating_count=90_000) for n in range(4)),
    ]
    for selection in lists(shop_of(products, shop=NOTHING_DURABLE), dislikes("bad0")):
        assert TEA in categories(selection)
        assert not any(one.startswith("bad") for one in ids(selection))
        assert set(kinds(selection)) <= IMPERSONAL
        assert not selection.yielded
