"""What parts of the decision are worth, on a small shop that is made up."""

import pytest

from fondly.evaluation.metrics import change
from fondly.evaluation.own_data import ablation
from fondly.evaluation.own_data.ablation import AblationReport, ablate
from fondly.evaluation.own_data.made_up import RECIPES, MadeUpName, made_up
from fondly.evaluation.own_data.reading import Data
from fondly.recommender.domain.picking.basket import Rule
from fondly.recommender.domain.picking.family_weights import Part
from fondly.recommender.domain.picking.rules import Rules, RunRules

RULES = RunRules(rules=Rules())


@pytest.fixture(scope="module")
def small() -> AblationReport:
    """The parts of the small shop; lists are made only for those of whom something is held out."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ablation, "MOST_LISTS", 0)
        patch.setattr(ablation, "TIMED", 1)
        return ablate(made_up(MadeUpName.SMALL), RULES)


def test_every_part_is_left_out_once(small: AblationReport) -> None:
    """In the order in which they are declared, over the same customers."""
    assert [one.part for one in small.parts] == [part.value for part in (*Part, *Rule)]
    assert small.whole.held_out > 200
    assert small.whole.lists == small.whole.ranked == small.whole.held_out


def test_changes_are_those_of_the_same_customers(small: AblationReport) -> None:
    """What is lost and won makes the change, which its interval holds."""
    for part in small.parts:
        for found in part.hits.values():
            assert found.mean == pytest.approx((found.won - found.lost) / small.whole.held_out)
            assert found.low <= found.mean <= found.high


def test_variety_is_carried_by_what_differs_between_customers(small: AblationReport) -> None:
    """Without it, products are shown less equally."""
    inequality = {one.part: one.variety.exposure_gini for one in small.parts}
    assert inequality[Part.VARIATION] > 0


def test_only_the_ranking_costs_dollars(small: AblationReport) -> None:
    """For a thousand customers: 15 cents to rank, and what training on their histories takes."""
    dollars = {one.part: float(one.usd) for one in small.parts if one.usd}
    assert dollars.keys() == {Part.RANKING}
    assert 0.15 < dollars[Part.RANKING] < 0.16


def test_nobody_to_hold_out_changes_nothing() -> None:
    """A shop whose customers have one product each."""
    shop = made_up(MadeUpName.SMALL)
    single = [one for one in shop.customers if len(one.product_ids) == 1][:5]
    report = ablate(Data(products=shop.products, customers=single), RULES)
    assert (report.whole.held_out, report.whole.ranked) == (0, 0)
    assert all(found.mean == 0 for part in report.parts for found in part.hits.values())


def test_a_change_counts_what_is_lost_and_won() -> None:
    """Unchanged cases make it smaller, and none at all make none."""
    found = change([True, True, False, False], [True, False, False, True])
    assert (found.mean, found.lost, found.won) == (0, 1, 1)
    assert found.low < 0 < found.high
    certain = change([False] * 10, [True] * 10)
    assert (certain.mean, certain.low, certain.high) == (1, 1, 1)
    assert change([], []).mean == 0


@pytest.mark.parametrize("name", MadeUpName)
def test_a_made_up_shop_is_the_same_for_the_same_seed(name: MadeUpName) -> None:
    """Another seed makes another one; histories are as long as its recipe says."""
    shop, recipe = made_up(name), RECIPES[name]
    assert shop == made_up(name)
    assert shop != made_up(name, seed=1)
    bought = [len(one.purchases) for one in shop.customers]
    assert sum(bought) / len(bought) == pytest.approx(recipe.fewest + recipe.further - 0.5, rel=0.1)
