"""Which categories and products are considered for a customer, and in which order."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest

from fondly.contracts.records import Customer
from fondly.recommender.domain.history.preferences import Preference
from fondly.recommender.domain.picking.candidates import Candidates
from fondly.recommender.domain.picking.rules import Rules
from fondly.recommender.domain.picking.shopper import Shopper
from fondly.recommender.domain.shop.merchandising import ShopRules
from fondly.recommender.domain.shop.shop import MOST_MODELS
from services.recommender.tests.baskets import ALL, DURABLE_KETTLES, HOSES, KETTLES, LANTERNS, MUGS, NUTS, TEA
from services.recommender.tests.fakes import product
from services.recommender.tests.shops import buyer, dislikes, likes, owns, shelf, shop_of

PLAIN = ShopRules(durable=DURABLE_KETTLES.durable)
CUSTOMERS = [f"C{n}" for n in range(40)]
LEAVES = {TEA, MUGS, KETTLES, HOSES, LANTERNS, NUTS}


def candidates_of(
    preferences: list[Preference], *ranked: str, customers: tuple[Customer, ...] = (), shop: ShopRules = PLAIN
) -> Candidates:
    """What is considered for a customer of a shop with six products in each of six leaves."""
    return Candidates(Shopper(shop_of(ALL, customers, shop=shop), preferences, ranked))


def order(candidates: Candidates, leaf: tuple[str, ...]) -> list[str]:
    """The products of a leaf, best first."""
    return [one.product_id for one in candidates.offers(leaf)]


def test_every_leaf_has_a_weight_for_every_customer() -> None:
    """Whether they like what they have, hate it, or have nothing."""
    for preferences in ([], likes("tea0"), dislikes("tea0", "mugs0"), owns("gone")):
        weights = candidates_of(preferences).weights
        assert weights.keys() >= LEAVES
        assert all(weights[leaf] > 0 for leaf in LEAVES)


def test_the_only_leaf_of_a_shop_has_a_weight_even_if_it_is_not_bought_again() -> None:
    """The owner of a television may want nothing else of a shop that sells televisions alone."""
    televisions = shelf(("Electronics", "Televisions"), 3)
    weights = Candidates(Shopper(shop_of(televisions), owns("televisions0"))).weights
    assert weights["Electronics", "Televisions"] == 0


def test_a_disappointment_shows_a_need() -> None:
    """The category in which a product let the customer down weighs more than for somebody content."""
    bad, good = candidates_of(dislikes("tea0")).weights, candidates_of(likes("tea0")).weights
    assert bad[TEA] > good[TEA]


def test_a_liked_category_weighs_more_than_a_disliked_one_where_people_buy_it_again() -> None:
    """Of two that are otherwise alike."""
    stays = tuple(
        buyer(f"{one}{n}", f"{one}{n % 6}", f"{one}{(n + 1) % 6}")
        for n in range(300)
        for one in ("mugs", "hoses")
    )
    weights = candidates_of([*likes("mugs0"), *dislikes("hoses0")], customers=stays).weights
    assert weights[MUGS] > weights[HOSES]


def test_a_ranking_raises_the_categories_of_its_first_products() -> None:
    """Against those that it does not name."""
    weights = candidates_of([], *("hoses0", *["gone"] * 30, "nuts0")).weights
    assert weights[HOSES] > weights[TEA]


def test_what_the_customer_has_is_not_new_in_the_ranking() -> None:
    """Neither is a product that the shop no longer has."""
    assert candidates_of(owns("tea0"), "tea0", "gone").weights == candidates_of(owns("tea0")).weights
    assert candidates_of(owns("tea0"), "tea0", "gone").direct == {}


def test_what_goes_with_an_owned_thing_raises_its_category() -> None:
    """Against what it is without, and against others as far away."""
    weights = candidates_of(owns("kettles0"), shop=DURABLE_KETTLES).weights
    assert weights[NUTS] > candidates_of(owns("kettles0")).weights[NUTS]
    assert weights[NUTS] > weights[HOSES]


def test_what_goes_with_something_liked_then_durable_is_found_before_the_rest() -> None:
    """Even if it was bought later; nothing goes with what disappointed."""
    shop = ShopRules(
        durable=PLAIN.durable,
        complements={"Kettles": ("Nuts",), "Tea": ("Nuts", "Hoses"), "Mugs": ("Nuts",)},
    )
    known = [*owns("tea0", "kettles0"), *likes("mugs0"), *dislikes("tea1", "mugs1")]
    completing = candidates_of(known, shop=shop).completing
    assert [one.owned.product.product_id for one in completing[NUTS]] == ["mugs0", "kettles0", "tea0"]
    [hoses] = completing[HOSES]
    assert (hoses.owned.product.product_id, hoses.complement.is_written) == ("tea0", True)
    assert not candidates_of(dislikes("kettles0"), shop=DURABLE_KETTLES).completing


TOGETHER = tuple(buyer(f"C{n}", "tea0", "mugs3") for n in range(6))
APART = tuple(buyer(f"D{n}", f"nuts{n % 6}", f"lanterns{n % 5}") for n in range(40))


def test_products_that_customers_bought_with_the_customers_own_come_first_in_their_leaf() -> None:
    """Against where they are without these purchases, for every customer; each product is there once."""
    linked, plain = shop_of(ALL, TOGETHER, shop=PLAIN), shop_of(ALL, shop=PLAIN)
    moved = 0
    for customer in CUSTOMERS:
        after, before = (
            order(Candidates(Shopper(shop, owns("tea0"), (), customer)), MUGS) for shop in (linked, plain)
        )
        assert sorted(after) == [f"mugs{n}" for n in range(6)]
        assert after.index("mugs3") <= before.index("mugs3")
        moved += after.index("mugs3") < before.index("mugs3")
    assert moved > len(CUSTOMERS) / 4


def test_families_bought_together_and_ranked_come_before_leaf_categories() -> None:
    """With weights by themselves; not with what disappointed, and not what the customer has."""
    found = candidates_of(owns("tea0"), "hoses2", customers=(*TOGETHER, *APART)).direct
    assert set(found) == {"mugs3", "hoses2"}
    assert candidates_of(dislikes("tea0"), customers=(*TOGETHER, *APART)).direct == {}
    assert candidates_of(owns("tea0", "mugs3"), customers=(*TOGETHER, *APART)).direct == {}


def test_only_what_was_bought_together_more_often_than_by_chance_attracts() -> None:
    """A best seller is in many baskets, whatever else is in them."""
    everywhere = tuple(
        buyer(f"E{n}", "nuts0", f"{leaf}{n % 6}") for n, leaf in enumerate(["tea", "mugs"] * 30)
    )
    shop = shop_of(ALL, (*TOGETHER, *everywhere), shop=PLAIN)
    attraction = shop.attraction("tea0")
    assert attraction["mugs3"] > attraction.get("nuts0", 0.0)
    assert all(0 < strength <= 1 for strength in attraction.values())
    assert all(attraction[one] < shop.buyers("tea0")[one].strength for one in attraction)


def test_what_was_bought_of_late_leads_to_more() -> None:
    """Of two products with as strong links, if all have a time."""
    customers = (*TOGETHER, *(buyer(f"L{n}", "tea1", "hoses3") for n in range(6)), *APART)
    for first, last in (("mugs3", "hoses3"), ("hoses3", "mugs3")):
        times = {"mugs3": {"tea0": 1, "tea1": 2}, "hoses3": {"tea0": 2, "tea1": 1}}[first]
        known = [replace(one, timestamp=times[one.product_id]) for one in owns("tea0", "tea1")]
        linked = candidates_of(known, customers=customers).linked
        assert linked[last] > linked[first]
    linked = candidates_of(owns("tea0", "tea1"), customers=customers).linked
    assert linked["mugs3"] == pytest.approx(linked["hoses3"])


def test_how_many_customers_link_is_a_setting() -> None:
    """One links nothing."""
    assert candidates_of(owns("tea0"), customers=(buyer("C", "tea0", "mugs3"),)).linked == {}
    strict = shop_of(ALL, (*TOGETHER, *APART), shop=PLAIN, rules=Rules(min_linking_customers=7))
    assert Candidates(Shopper(strict, owns("tea0"))).linked == {}


WELL_KNOWN = 20
LONG_SHELF = shop_of(
    [
        *(
            one.model_copy(
                update={"rating": Decimal("4.5"), "rating_count": 10_000 - 100 * n}
                if n < WELL_KNOWN
                else {"rating": Decimal("3.9"), "rating_count": 12}
            )
            for n, one in enumerate(shelf(TEA, 2 * WELL_KNOWN))
        ),
        *shelf(MUGS, 2),
    ]
)


def places_of_the_first(preferences: list[Preference], *ranked: str) -> list[tuple[int, ...]]:
    """The places in popularity of each customer's first five teas."""
    orders = (order(Candidates(Shopper(LONG_SHELF, preferences, ranked, one)), TEA) for one in CUSTOMERS)
    return [tuple(int(each.removeprefix("tea")) for each in one[:5]) for one in orders]


@pytest.mark.parametrize("own", [owns("mugs0"), owns("tea39"), []])
@pytest.mark.parametrize("ranked", [(), [f"tea{n}" for n in range(40)]])
def test_what_is_popular_comes_first(own: list[Preference], ranked: Sequence[str]) -> None:
    """Nobody is offered the little known half of a category first."""
    for first in places_of_the_first(own, *ranked):
        assert max(first) < WELL_KNOWN


def test_a_ranked_product_is_considered_however_unpopular() -> None:
    """And moves ahead; all others that are considered are the most popular ones."""
    last = f"tea{2 * WELL_KNOWN - 1}"
    shopper = Shopper(LONG_SHELF, owns("mugs0"))
    assert last not in order(Candidates(shopper), TEA)
    found = order(Candidates(replace(shopper, ranked=(last,))), TEA)
    assert last in found
    assert len(found) == MOST_MODELS + 1


@pytest.mark.parametrize("ranked", [(), [f"tea{n}" for n in range(40)]])
def test_customers_with_equal_histories_have_orders_of_their_own(ranked: Sequence[str]) -> None:
    """Of what is about equally good, the same customer always in the same order."""
    firsts = places_of_the_first(owns("tea39"), *ranked)
    assert len(set(firsts)) > len(CUSTOMERS) / 2
    assert firsts == places_of_the_first(owns("tea39"), *ranked)


def test_a_brand_of_theirs_comes_before_others_unless_it_disappointed() -> None:
    """Of products that are otherwise alike, for most customers."""
    products = [product(f"P{n}", f"the thing{n}", TEA, brand="Acme" if n == 0 else "Bolt") for n in range(9)]
    shop = shop_of([*products, product("own", "own", MUGS, brand="Acme")])
    firsts = [
        [order(Candidates(Shopper(shop, known, (), one)), TEA)[0] for one in CUSTOMERS]
        for known in (likes("own"), dislikes("own"))
    ]
    assert firsts[0] == ["P0"] * len(CUSTOMERS)
    assert firsts[1].count("P0") < len(CUSTOMERS) / 2


def test_what_costs_as_much_for_its_category_as_the_customers_own_comes_first() -> None:
    """Who buys dear tea is offered dear mugs before cheap ones, and the other way round."""
    prices = (10, 100, 1000)
    products = [
        product(f"{leaf[-1]} {price}", f"the {leaf[-1]} of {price}", leaf, price=Decimal(price))
        for leaf in (TEA, MUGS)
        for price in prices
    ]
    for price in prices:
        shopper = Shopper(shop_of(products), owns(f"Tea {price}"))
        assert order(Candidates(shopper), MUGS)[0] == f"Mugs {price}"


def test_a_name_that_names_what_it_goes_with_moves_ahead() -> None:
    """A brush for kettles for the owner of a kettle."""
    brushes = ("Kitchen", "Cleaning", "Brushes")
    products = [product(f"P{n}", f"thing{n} brush", brushes) for n in range(6)]
    products += [product("kettle brush", "soft kettle brush", brushes), *shelf(KETTLES, 2), *shelf(HOSES, 2)]
    shop = shop_of(products, shop=ShopRules(complements={"Kettles": ("Brushes",), "Hoses": ("Brushes",)}))
    named, others = (
        [
            order(Candidates(Shopper(shop, owns(own), (), one)), brushes).index("kettle brush")
            for one in CUSTOMERS
        ]
        for own in ("kettles0", "hoses0")
    )
    assert all(place <= other for place, other in zip(named, others, strict=True))
    assert named.count(0) > 2 * others.count(0)


def test_of_all_families_of_a_leaf_together_the_variants_are_chosen_that_are_chosen_one_by_one() -> None:
    """Plain ones, alone and in many colours, and of what has sizes."""
    mugs = [
        product(f"{name} {colour}", f"{name} Mug", MUGS, parent_id=name, variant=colour)
        for name, colours in (
            ("Alder", "red blue green"),
            ("Birch", "red"),
            ("Cedar", "black white pink"),
        )
        for colour in colours.split()
    ]
    shoes = [product(f"shoe-{size}", f"Shoe, {size}", MUGS, parent_id="shoe", variant=size) for size in "SM"]
    shop = shop_of([*mugs, *shoes])
    for customer in CUSTOMERS:
        suitable = Candidates(Shopper(shop, [], customer_id=customer)).suitable
        one_by_one = [suitable.variant(family) for family in shop.models[MUGS].values()]
        assert set(filter(None, suitable.variants(MUGS))) == set(filter(None, one_by_one))
    assert list(suitable.variants(TEA)) == []
