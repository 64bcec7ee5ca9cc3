"""A model can learn the made-up customers' tastes from their purchases."""

from itertools import combinations

import pytest

from fondly.evaluation.sample.catalogue import TIERS, build_catalogue
from fondly.evaluation.sample.market import Market, draw_market
from fondly.evaluation.sample.vocabulary import load_vocabulary

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


def test_every_customer_and_listing_takes_part(market: Market) -> None:
    """Each customer has bought something, nothing twice, and each listing has a buyer."""
    assert all(baskets(market))
    assert all(len(set(each)) == len(each) for each in baskets(market))
    assert all(market.buyers)


def test_budgets_show(market: Market) -> None:
    """Two products of one customer are in one tier twice as often as by chance."""
    pairs = [pair for each in baskets(market) for pair in combinations(each, 2)]
    same = sum(market.listings[a].tier == market.listings[b].tier for a, b in pairs)
    assert same / len(pairs) > 2 / len(TIERS)


def test_interests_cross_families(market: Market) -> None:
    """Buyers of earbuds buy a power bank far more often than buyers of a mixer."""

    def share(first: str, second: str) -> float:
        families = [{market.listings[index].family.key for index in each} for each in baskets(market)]
        among = [each for each in families if first in each]
        return sum(second in each for each in among) / len(among)

    assert share("earbuds", "power_bank") > 3 * share("mixer", "power_bank")


def test_no_listing_dominates(market: Market) -> None:
    """Some listings are much more popular than others, but none is bought by a tenth of the customers."""
    sizes = sorted(map(len, market.buyers))
    assert sizes[-1] > 3 * sizes[len(sizes) // 2]
    assert sizes[-1] < 0.1 * CUSTOMERS
