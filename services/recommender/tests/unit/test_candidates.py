"""Which categories and products are considered for a customer, and in which order."""

from collections.abc import Sequence
from decimal import Decimal

import pytest

from encore.contracts.records import Customer
from encore.recommender.domain.candidates import MOST_PER_LEAF, Candidates
from encore.recommender.domain.complements import Source
from encore.recommender.domain.preferences import Preference
from encore.recommender.domain.shop_rules import ShopRules
from encore.recommender.domain.shopper import Shopper
from services.recommender.tests.baskets import ALL, DURABLE_KETTLES, HOSES, KETTLES, LANTERNS, MUGS, NUTS, TEA
from services.recommender.tests.shops import buyer, dislikes, likes, owns, shelf, shop_of

PLAIN = ShopRules(durable=DURABLE_KETTLES.durable)
CUSTOMERS = [f"C{n}" for n in range(40)]
LEAVES = {TEA, MUGS, KETTLES, HOSES, LANTERNS, NUTS}


def candidates_of(
    preferences: list[Preference], *ranked: str, customers: tuple[Customer, ...] = (), shop: ShopRules = PLAIN
) -> Candidates:
    """What is considered for a customer of a shop with six products in each of six leaves."""
    return Candidates(Shopper(shop_of(ALL, customers, shop=shop), preferences, ranked))


def test_every_leaf_has_a_weight_for_every_customer() -> None:
    """Whether they like what they have, hate it, or have nothing."""
    for preferences in ([], likes("tea0"), dislikes("tea0", "mugs0"), owns("gone")):
        weights = candidates_of(preferences).weights
        assert set(weights) == LEAVES
        assert all(weight > 0 for weight in weights.values())


def test_a_customer_with_only_bad_reviews_shops_where_they_have_shopped() -> None:
    """Their history is not empty: it weighs the categories as that of a happier customer does."""
    stays = tuple(buyer(f"C{n}", f"tea{n % 6}", f"tea{(n + 1) % 6}") for n in range(60))
    bad = candidates_of(dislikes("tea0"), customers=stays).weights
    assert max(bad, key=bad.__getitem__) == TEA
    assert bad == pytest.approx(candidates_of(likes("tea0"), customers=stays).weights)


def test_a_liked_category_weighs_more_than_a_disliked_one() -> None:
    """Of two that are otherwise alike."""
    stays = tuple(
        buyer(f"C{n}", f"{one}{n % 6}", f"{one}{(n + 1) % 6}") for n in range(60) for one in ("tea",)
    )
    weights = candidates_of([*likes("mugs0"), *dislikes("hoses0")], customers=stays).weights
    assert weights[MUGS] > weights[HOSES]


def test_a_ranking_raises_the_categories_of_its_first_products() -> None:
    """Against those that it does not name."""
    weights = candidates_of([], "hoses0", "nuts0").weights
    assert weights[HOSES] > weights[NUTS] > weights[TEA]


def test_what_the_customer_has_is_not_new_in_the_ranking() -> None:
    """Neither is a variant of it, nor a product that the shop no longer has."""
    assert candidates_of(owns("tea0"), "tea0", "gone").weights == candidates_of(owns("tea0")).weights


def test_what_goes_with_an_owned_thing_raises_its_category() -> None:
    """Against what it is without, and against others as far away."""
    weights = candidates_of(owns("kettles0"), shop=DURABLE_KETTLES).weights
    assert weights[NUTS] > candidates_of(owns("kettles0")).weights[NUTS]
    assert weights[NUTS] > weights[HOSES]


def test_what_goes_with_something_durable_is_found_before_the_rest() -> None:
    """Even if the durable thing was bought later."""
    shop = ShopRules(durable=PLAIN.durable, complements={"Kettles": ("Nuts",), "Tea": ("Nuts", "Hoses")})
    completing = candidates_of(owns("tea0", "kettles0"), shop=shop).completing
    assert [one.owned.product.product_id for one in completing[NUTS]] == ["kettles0", "tea0"]
    [hoses] = completing[HOSES]
    assert hoses.owned.product.product_id == "tea0"
    assert hoses.complement.source is Source.SHOP


def test_products_that_customers_bought_with_the_customers_own_move_ahead() -> None:
    """Against where they are without these purchases, for every customer; each product is there once."""
    together = tuple(buyer(f"C{n}", "tea0", "mugs3") for n in range(2))
    linked, plain = shop_of(ALL, together, shop=PLAIN), shop_of(ALL, shop=PLAIN)
    assert Candidates(Shopper(linked, owns("tea0"))).linked == {"mugs3"}
    moved = 0
    for customer in CUSTOMERS:
        after, before = (
            list(Candidates(Shopper(shop, owns("tea0"), ("mugs5", "mugs3"), customer)).products(MUGS))
            for shop in (linked, plain)
        )
        assert sorted(after) == [f"mugs{n}" for n in range(6)]
        assert after.index("mugs3") <= before.index("mugs3")
        moved += after.index("mugs3") < before.index("mugs3")
    assert moved > len(CUSTOMERS) / 4


def test_one_customer_links_nothing() -> None:
    """It takes two."""
    assert candidates_of(owns("tea0"), customers=(buyer("C", "tea0", "mugs3"),)).linked == frozenset()


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
    orders = (
        Candidates(Shopper(LONG_SHELF, preferences, ranked, customer)).products(TEA) for customer in CUSTOMERS
    )
    return [tuple(int(one.removeprefix("tea")) for one in order[:5]) for order in orders]


@pytest.mark.parametrize("own", [owns("mugs0"), owns("tea39"), []])
def test_what_is_ranked_and_popular_comes_first(own: list[Preference]) -> None:
    """In a known part of the shop and in a new one, for every customer."""
    ranking = [f"tea{n}" for n in range(40)]
    for first in places_of_the_first(own, *ranking):
        assert max(first) < WELL_KNOWN


@pytest.mark.parametrize("own", [owns("mugs0"), owns("tea39"), []])
def test_without_a_ranking_popularity_speaks(own: list[Preference]) -> None:
    """Nobody is offered the little known half of a category first."""
    for first in places_of_the_first(own):
        assert max(first) < WELL_KNOWN


def test_a_ranking_outweighs_popularity() -> None:
    """If it has the least popular products first, so has the customer."""
    for first in places_of_the_first(owns("tea0"), *(f"tea{n}" for n in range(39, 0, -1))):
        assert min(first) >= WELL_KNOWN


@pytest.mark.parametrize("ranked", [(), [f"tea{n}" for n in range(40)]])
def test_customers_with_equal_histories_have_orders_of_their_own(ranked: Sequence[str]) -> None:
    """Of what is about equally good, the same customer always in the same order."""
    firsts = places_of_the_first(owns("tea39"), *ranked)
    assert len(set(firsts)) > len(CUSTOMERS) / 2
    assert firsts == places_of_the_first(owns("tea39"), *ranked)


def test_a_large_category_is_not_searched_to_its_end() -> None:
    """Its most popular products are considered, and what is ranked."""
    products = [
        one.model_copy(update={"rating_count": 10_000 - n})
        for n, one in enumerate(shelf(TEA, 2 * MOST_PER_LEAF))
    ]
    last = products[-1].product_id
    considered = list(Candidates(Shopper(shop_of(products), [], (last,))).products(TEA))
    assert set(considered) == {last, *(one.product_id for one in products[:MOST_PER_LEAF])}
