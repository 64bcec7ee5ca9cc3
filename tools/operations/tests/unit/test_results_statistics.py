"""How sure a difference is, compared with published examples and with SciPy."""

import random
from decimal import Decimal

import pytest
from scipy import stats

from fondly.operations.results.statistics import (
    Moments,
    Share,
    chance_of_sizes,
    newcombe,
    of_several,
    smallest_visible,
    student,
    welch,
    wilson,
)


def moments(values: list[float]) -> Moments:
    """The moments of some values."""
    found = Moments()
    for value in values:
        found = found.adding(Decimal(str(value)))
    return found


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [
        (Share(56, 70), Share(48, 80), 0.0524, 0.3339),
        (Share(9, 10), Share(3, 10), 0.1705, 0.8090),
        (Share(6, 7), Share(2, 7), 0.0582, 0.8062),
        (Share(5, 56), Share(0, 29), -0.0381, 0.1926),
        (Share(0, 10), Share(0, 20), -0.1611, 0.2775),
        (Share(0, 10), Share(0, 10), -0.2775, 0.2775),
        (Share(10, 10), Share(0, 20), 0.6791, 1.0000),
        (Share(10, 10), Share(0, 10), 0.6075, 1.0000),
    ],
)
def test_differences_of_shares_are_those_of_the_paper(
    one: Share, other: Share, low: float, high: float
) -> None:
    """Newcombe 1998, table II, method 10."""
    found = newcombe(one, other)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@pytest.mark.parametrize("share", [Share(0, 9), Share(3, 40), Share(40, 40), Share(1234, 90_000)])
def test_shares_have_wilsons_interval(share: Share) -> None:
    """As SciPy has it."""
    expected = stats.binomtest(share.part, share.whole).proportion_ci(method="wilson")
    found = wilson(share)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_means_have_welchs_interval() -> None:
    """As SciPy has it, at two levels, for values that are not too skew."""
    draw = random.Random(1)  # noqa: S311 - made-up values
    ours = [round(draw.gauss(50, 9), 2) for _ in range(300)]
    theirs = [round(draw.gauss(48, 20), 2) for _ in range(80)]
    for level in (0.95, 0.99):
        expected = stats.ttest_ind(ours, theirs, equal_var=False).confidence_interval(level)
        found = welch(moments(ours), moments(theirs), level=level)
        assert found is not None
        assert (found.low, found.high) == pytest.approx((expected.low, expected.high), rel=1e-4)


@pytest.mark.parametrize("freedom", [10, 25, 400, 1e6])
@pytest.mark.parametrize("level", [0.9, 0.95, 0.99])
def test_students_quantile(freedom: float, level: float) -> None:
    """As SciPy has it."""
    assert student(freedom, level=level) == pytest.approx(stats.t.ppf((1 + level) / 2, freedom), rel=2e-4)


def test_moments_are_exact() -> None:
    """Mean, variance and third moment of amounts of which most are nothing."""
    values = [0.0] * 500 + [99.99, 250, 1_299.5, 20]
    found = moments(values)
    assert (found.count, found.some, found.total) == (504, 4, Decimal("1669.49"))
    assert found.mean == pytest.approx(sum(values) / len(values))
    assert found.variance == pytest.approx(stats.tvar(values))
    assert found.third == pytest.approx(stats.moment(values, 3))
    assert moments(values[:100]) + moments(values[100:]) == found
    assert (Moments().mean, Moments().variance, Moments().third) == (0, 0, 0)


def test_few_buyers_have_no_interval_for_revenue() -> None:
    """Nor has a small group beside a large one, if a few large orders decide its mean."""
    few, nobody = moments([0.0] * 500 + [99.99, 250, 1_299.5, 20]), moments([0.0] * 500)
    assert welch(few, few) is None
    assert welch(few, nobody) is None
    assert welch(Moments(), Moments()) is None
    large = moments([0.0] * 50_000 + [20.0] * 2_000 + [900.0] * 40)
    small = moments([0.0] * 1_000 + [20.0] * 40 + [900.0])
    assert welch(large, small) is None
    assert welch(large, large) is not None


def made_up(draw: random.Random, customers: int) -> Moments:
    """A group of a shop in which 4 % buy, for very different amounts."""
    buyers = sum(draw.random() < 0.04 for _ in range(customers))
    spent = moments([round(draw.lognormvariate(3, 0.8), 2) for _ in range(buyers)])
    return spent + Moments(count=customers - buyers)


def test_where_an_interval_is_given_it_is_right_as_often_as_it_says() -> None:
    """Of two groups of one shop, one a sixth of the other, with nothing to be found."""
    draw = random.Random(2)  # noqa: S311 - made-up values
    intervals = [welch(made_up(draw, 18_000), made_up(draw, 3_000)) for _ in range(60)]
    given = [each for each in intervals if each is not None]
    assert len(given) >= 40
    assert sum(each.excludes_zero for each in given) <= 8  # 6 % of 60 and two standard deviations


def test_the_smallest_visible_difference_is_found_in_four_of_five_cases() -> None:
    """5,000 each at about 3 %: a difference of that size has a power of 80 %."""
    difference = smallest_visible(5_000, 5_000, 0.03)
    z = difference / (2 * 0.03 * 0.97 / 5_000) ** 0.5
    assert 1 - stats.norm.cdf(1.959964 - z) == pytest.approx(0.8, abs=1e-3)
    assert smallest_visible(0, 5_000, 0.03) == 1


@pytest.mark.parametrize("sizes", [(500, 500), (480, 520), (900, 1_100), (330, 340, 400), (100, 180)])
def test_groups_of_unequal_size_are_noticed(sizes: tuple[int, ...]) -> None:
    """As SciPy's chi-squared test would."""
    expected = float(stats.chisquare(sizes).pvalue)
    assert chance_of_sizes(sizes) == pytest.approx(expected, abs=0.06)
    assert (chance_of_sizes(sizes) < 0.001) == (expected < 0.001)
    assert chance_of_sizes([7]) == 1


def test_several_comparisons_are_each_more_careful() -> None:
    """Three at 98.3 % are right together at 95 %."""
    assert of_several(0.95, 1) == pytest.approx(0.95)
    assert of_several(0.95, 3) == pytest.approx(0.98333, abs=1e-4)
