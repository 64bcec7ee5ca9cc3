"""How tasks divide a quota by what they want, and what each knows of the others."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondly.runtime.quota.division import LEAST_PART, Demand, divide, equally
from fondly.runtime.quota.roster import ALIVE_S, FORGET_S, HEARD_S, Roster, beat

rates = st.floats(0, 1000) | st.just(math.inf)


@given(wanted=st.lists(rates, min_size=1, max_size=12), whole=st.floats(0.01, 500))
def test_tasks_that_know_of_one_another_use_the_whole_and_no_more(wanted: list[float], whole: float) -> None:
    """Everybody has what they want or an equal share, whichever is less, and a little for first calls."""
    parts = [divide(own, wanted[:n] + wanted[n + 1 :], whole).part for n, own in enumerate(wanted)]
    assert sum(parts) == pytest.approx(1)
    for part, own in zip(parts, wanted, strict=True):
        assert part * whole >= min(own, (1 - LEAST_PART) * whole / len(wanted)) * (1 - 1e-9)
        assert part >= LEAST_PART / len(wanted) * (1 - 1e-9)


@given(own=rates, more=rates, others=st.lists(rates, max_size=8), whole=st.floats(0.01, 500))
def test_a_task_of_which_less_is_known_has_no_more(
    own: float, more: float, others: list[float], whole: float
) -> None:
    """So who counts for less with itself than with the others never makes all together exceed the quota."""
    less, most = sorted((own, more))
    assert divide(less, others, whole).part <= divide(most, others, whole).part + 1e-9
    if others:
        assert (
            divide(own, [less, *others[1:]], whole).part
            >= divide(own, [most, *others[1:]], whole).part - 1e-9
        )


def test_what_one_does_not_want_goes_to_those_who_lack_something() -> None:
    """Of ten: two want little, the others share what is left; what nobody wants is for all alike."""
    assert divide(100, [1, 0.5, math.inf], 10) == pytest.approx((0.425, 0.575))
    assert divide(1, [100, 0.5, math.inf], 10).part == pytest.approx(0.1)
    assert divide(3, [3], 10) == pytest.approx((0.5, 0.3))
    assert divide(5, [], 10) == (1, 0)
    assert equally(4) == (0.25, 0.75)


def test_a_task_counts_for_less_until_all_others_have_read_that_it_wants_more() -> None:
    """For less it counts at once. Who has written since has read it; the silent have after three seconds."""
    roster = Roster()
    roster.see(0, {"a": beat(1, 5), "b": beat(7, 0.5)}, wants_per_s=4)
    assert (roster.is_known, roster.granted_per_s, roster.others(0)) == (False, 0, [5, 0.5])
    roster.see(1, {"a": beat(2, 5), "b": beat(7, 0.5)}, wants_per_s=6)
    assert (roster.is_known, roster.granted_per_s) == (False, 0)
    roster.see(2, {"a": beat(2, 5), "b": beat(8, 0.5)}, wants_per_s=8)
    assert (roster.is_known, roster.granted_per_s) == (True, 4)
    roster.see(2.5, {"a": beat(2, 5), "b": beat(8, 0.5)}, wants_per_s=1)
    assert roster.granted_per_s == 1
    roster.see(2.5 + HEARD_S, {"a": beat(2, 5), "b": beat(8, 0.5)}, wants_per_s=9)
    assert roster.granted_per_s == 1
    roster.see(2.6 + 2 * HEARD_S, {"a": beat(2, 5), "b": beat(8, 0.5)}, wants_per_s=9)
    assert roster.granted_per_s == 9
    roster.join()
    assert (roster.is_known, roster.granted_per_s) == (False, 0)


def test_only_those_count_whose_beats_change() -> None:
    """For ten seconds; their places are removed after a minute. A task alone is known at once."""
    roster = Roster()
    roster.see(0, {"a": "41", "b": beat(1, 2)}, wants_per_s=1)
    assert roster.others(0) == [math.inf, 2], "an older release does not say what it wants"
    roster.see(ALIVE_S, {"a": "41", "b": beat(2, 3)}, wants_per_s=1)
    assert roster.others(ALIVE_S) == [3]
    roster.see(FORGET_S + 1, {"a": "41", "b": beat(2, 3)}, wants_per_s=1)
    assert (roster.others(FORGET_S + 1), roster.gone(FORGET_S + 1)) == ([], ["a"])
    alone = Roster()
    alone.see(0, {}, wants_per_s=2)
    assert (alone.is_known, alone.granted_per_s) == (True, 2)


def test_a_task_wants_what_it_sends_and_more_while_calls_wait() -> None:
    """So one that has few calls under way at a time doubles its rate, and an idle one wants nothing."""
    demand = Demand()
    for tenth in range(20):
        demand.sent(tenth / 10)
    assert demand.per_s(1.9) == 10
    demand.waiting = 3
    assert demand.per_s(1.9) == 20
    demand.waiting = 90
    assert demand.per_s(1.9) == 30
    demand.waiting = 0
    assert demand.per_s(4) == 0
