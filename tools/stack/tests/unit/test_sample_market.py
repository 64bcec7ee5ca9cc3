"""What the made-up customers buy can be learned from what they bought."""

from itertools import combinations

import pytest

from encore.stack.sample.catalogue import TIERS, build_catalogue
from encore.stack.sample.market import Market, draw_market
from encore.stack.sample.vocabulary import load_vocabulary

VOCABULARY = load_vocabulary()
CUSTOMERS = 1500


@pytest.fixture(scope="module")
def market() -> Market:
    """Return the default market."""
    listings = build_catalogue(VOCABULARY, seed=7, products=300)
    return draw_market(VOCABULARY, listings, seed=7, customers=CUSTOMERS)


def baskets(market: Market) -> list[list[int]]:
    """Return the listings of each customer."""
    taken: list[list[int]] = [[] for _ in range(CUSTOMERS)]
    for listing, buyers in zip(market.listings, market.buyers, strict=True):
        for customer in buyers:
            taken[customer].append(listing.index)
    return taken


def test_everybody_takes_part(market: Market) -> None:
    """Each customer has bought something, once each, and each listing has a buyer."""
    assert all(baskets(market))
    assert all(len(set(each)) == len(each) for each in baskets(market))
    assert all(market.buyers)


def test_budgets_show(market: Market) -> None:
    """Two products of one customer are of one tier twice as often as chance would have it."""
    pairs = [pair for each in baskets(market) for pair in combinations(each, 2)]
    same = sum(market.listings[a].tier == market.listings[b].tier for a, b in pairs)
    assert same / len(pairs) > 2 / len(TIERS)


def test_interests_cross_families(market: Market) -> None:
    """Who bought earbuds takes a power bank far more often than who bought a mixer does."""

    def share(first: str, second: str) -> float:
        families = [{market.listings[index].family.key for index in each} for each in baskets(market)]
        among = [each for each in families if first in each]
        return sum(second in each for each in among) / len(among)

    assert share("earbuds", "power_bank") > 3 * share("mixer", "power_bank")


def test_most_bought_listing_is_no_monopoly(market: Market) -> None:
    """Some listings are much more popular than others, and none is bought by everybody."""
    sizes = sorted(map(len, market.buyers))
    assert sizes[-1] > 3 * sizes[len(sizes) // 2]
    assert sizes[-1] < 0.1 * CUSTOMERS
