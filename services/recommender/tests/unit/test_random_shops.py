"""What every list keeps to, whatever the shop, the customer and the ranking are."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from encore.recommender.domain.basket import RULES, Rule
from services.recommender.tests.baskets import Filling
from services.recommender.tests.broken_rules import BrokenRules
from services.recommender.tests.cases import CASES, Case
from services.recommender.tests.shops import ids


@given(CASES)
def test_everybody_gets_as_many_products_that_the_shop_may_sell_them(case: Case) -> None:
    """Or all there are, each once: never one that they have, that is sold out, to come, or excluded."""
    picked = ids(case.selection())
    assert len(picked) == len(set(picked)) == min(case.picks, len(case.allowed()))
    assert case.allowed().issuperset(picked)


@given(CASES)
def test_a_rule_is_broken_only_where_that_is_counted(case: Case) -> None:
    """What is true of the finished list, worked out from the records alone."""
    selection = case.selection()
    assert BrokenRules(case.shopper, selection).found() <= set(selection.yielded)
    assert all(1 <= count <= len(selection.picks) for count in selection.yielded.values())


@given(CASES)
def test_no_rule_yields_while_the_shop_has_something_better(case: Case) -> None:
    """At the place of some pick, every other product would break a rule that yields as late, or later.

    Pins are left out, for which rules yield without need, and prices, for which not all the shop is searched.
    """
    case = replace(case, decisions=replace(case.decisions, pinned=()))
    selection = case.selection()
    last = max(map(RULES.index, selection.yielded), default=0)
    if last > RULES.index(Rule.PRICE):
        assert max(_least_instead(case, ids(selection), each) for each in ids(selection)) >= last


def _least_instead(case: Case, listed: Sequence[str], picked: str) -> int:
    """Return how late a rule must yield at least for another product at the place of one that is listed."""
    filling = Filling(case.shop, case.preferences, case.emailed)
    filling.add(*(each for each in listed if each != picked))
    broken = map(filling.broken_by, case.allowed() - set(listed))
    return min((RULES.index(rule) if rule else -1 for rule in broken), default=len(RULES))


@given(CASES, st.randoms(use_true_random=False))
def test_the_order_of_products_and_customers_changes_nothing(case: Case, chance: Random) -> None:
    """Nor does picking a second time."""
    products = chance.sample(case.products, len(case.products))
    customers = chance.sample(case.customers, len(case.customers))
    shuffled = replace(case, products=products, customers=customers)
    selection = case.selection()
    assert selection == case.selection()
    assert selection == shuffled.selection()
