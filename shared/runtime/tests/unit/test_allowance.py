"""Exactly when a task's next call is due, and what throttled calls leave of a quota: figures, by hand."""

import math
import random

import pytest

from fondly.runtime.quota.allowance import Allowance, Kind
from fondly.runtime.quota.ceiling import Ceiling, Found
from fondly.runtime.quota.division import Division, divide, equally

NEAR = 1e-9


class Half(random.Random):
    """Chance that is always in the middle."""

    def random(self) -> float:
        """Half of a turn."""
        return 0.5


def allowance(requests_per_s: float = 10 / 0.98, tokens_per_s: float = math.inf) -> Allowance:
    """The whole of a quota of 10 calls a second, begun at 100 s."""
    made = Allowance(requests_per_s, tokens_per_s, chance=Half())
    made.begin(100.0)
    return made


def test_calls_are_due_one_turn_after_another_and_made_up_for_within_a_second() -> None:
    """The first after half a turn; a bucket holds a second's calls and no more."""
    calls = allowance()
    assert calls.delay(100.0, 0.0) == pytest.approx(0.05)
    assert calls.delay(100.05, 0.0) == pytest.approx(0.0, abs=NEAR)
    calls.take(100.05, 0.0)
    assert calls.delay(100.05, 0.0) == pytest.approx(0.1)
    assert calls.delay(109.0, 0.0) == 0.0
    for _ in range(10):
        assert calls.delay(109.0, 0.0) == 0.0
        calls.take(109.0, 0.0)
    assert calls.delay(109.0, 0.0) == pytest.approx(0.1)
    assert calls.delay(108.0, 0.0) == pytest.approx(0.1)  # a clock that goes back gains nothing


def test_a_task_has_its_part_of_what_all_may_send() -> None:
    """Of a part that is too small for one call a second, the bucket still holds one."""
    calls = allowance()
    calls.division = equally(100)
    assert (calls.own_per_s(100.0), calls.per_s(Kind.REQUESTS, 100.0)) == pytest.approx((0.1, 10.0))
    assert calls.delay(100.0, 0.0) == pytest.approx(5.0)
    assert calls.delay(199.0, 0.0) == 0.0
    calls.take(199.0, 0.0)
    assert calls.delay(199.0, 0.0) == pytest.approx(10.0)


def test_a_call_reserves_tokens_and_gets_back_what_it_did_not_use() -> None:
    """Their bucket holds twenty seconds' worth and begins empty; a larger call waits until it is full."""
    calls = allowance(tokens_per_s=100 / 0.98)
    assert calls.delay(100.0, 200.0) == pytest.approx(2.0)
    assert calls.delay(102.0, 200.0) == 0.0
    calls.take(102.0, 200.0)
    assert calls.delay(102.0, 200.0) == pytest.approx(2.0)
    calls.succeeded(102.0, reserved=200.0, used=50.0)
    assert calls.delay(102.0, 200.0) == pytest.approx(0.5)
    calls.put_back(30.0)
    assert calls.delay(102.0, 200.0) == pytest.approx(0.2)
    assert calls.delay(102.0, 9_999.0) == pytest.approx((2_000 - 180) / 100)
    assert calls.delay(500.0, 9_999.0) == 0.0


def test_how_many_calls_tokens_allow_is_told_by_the_last_twenty() -> None:
    """Before the first the requests alone count; of two quotas the smaller one does."""
    calls = allowance(tokens_per_s=100 / 0.98)
    assert calls.calls_per_s(100.0) == allowance(tokens_per_s=5.0).calls_per_s(100.0) == 10.0
    for _ in range(3):
        calls.succeeded(100.0, reserved=0.0, used=5.0)
    assert calls.calls_per_s(100.0) == 10.0
    for _ in range(20):
        calls.succeeded(100.0, reserved=0.0, used=25.0)
    assert calls.calls_per_s(100.0) == pytest.approx(4.0)


def test_throttled_calls_of_one_moment_count_once() -> None:
    """Those sent before the last decrease say nothing new; the next call waits for up to two turns."""
    calls = allowance()
    for number in range(5):
        calls.take(100.0 + number / 10, 0.0)
    assert calls.throttled(100.5, Kind.REQUESTS, started=100.0, tokens=0.0)
    assert calls.per_s(Kind.REQUESTS, 100.5) == pytest.approx(5 * 0.92)
    assert not calls.throttled(100.6, Kind.REQUESTS, started=100.5, tokens=0.0)
    assert calls.delay(100.5, 0.0) == pytest.approx(5.5 / 4.6)  # four and a half were sent too early
    assert calls.found(100.5).keys() == {Kind.REQUESTS}


def test_few_calls_do_not_tell_what_was_asked_for() -> None:
    """Four of them: what is configured was too much, and is what falls."""
    calls = allowance()
    for number in range(4):
        calls.take(100.0 + number / 10, 0.0)
    calls.throttled(100.5, Kind.REQUESTS, started=100.0, tokens=0.0)
    assert calls.per_s(Kind.REQUESTS, 100.5) == pytest.approx(10 * 0.92)


def test_what_the_others_use_counts_with_what_is_asked_for() -> None:
    """Half of ten calls a second are theirs; the own ones were four in two seconds."""
    calls = allowance()
    calls.division = Division(0.5, 0.5)
    for number in range(5):
        calls.take(100.0 + number / 2, 0.0)
    calls.throttled(102.5, Kind.REQUESTS, started=102.0, tokens=0.0)
    assert calls.per_s(Kind.REQUESTS, 102.5) == pytest.approx((5 / 2.5 + 5) * 0.92)


def test_an_unknown_quota_of_tokens_is_found_by_what_was_refused() -> None:
    """Of which nothing was known before: with the others' share."""
    calls = allowance()
    calls.division = Division(0.5, 0.5)
    calls.throttled(100.5, Kind.TOKENS, started=100.1, tokens=40.0)
    assert calls.per_s(Kind.TOKENS, 100.5) == pytest.approx(80 * 0.92)


def test_a_quota_of_the_day_is_looked_at_again_after_a_while_that_doubles() -> None:
    """Up to fifteen minutes; calls sent before say nothing new, and one that is answered ends it."""
    calls, pauses, now = allowance(), [], 200.0
    for _ in range(6):
        pauses.append(calls.exhausted(now, started=now))
        assert calls.exhausted(now + 1, started=now) is None
        assert calls.delay(now + 1, 0.0) == pytest.approx((pauses[-1] or 0) - 1)
        now += pauses[-1] or 0
        assert calls.delay(now, 0.0) == pytest.approx(0.0, abs=NEAR)
    assert pauses == [60.0, 120.0, 240.0, 480.0, 900.0, 900.0]
    calls.succeeded(now, reserved=0.0, used=0.0)
    assert calls.exhausted(now, started=now) == 60.0


def test_what_others_have_found_holds_for_this_task_too() -> None:
    """If it is later than what is known; the own next call then waits as after a decrease of its own."""
    calls = allowance()
    found = {Kind.REQUESTS: Found(1, 4.0, 1.0)}
    calls.delay(150.0, 0.0)
    calls.learn(150.0, found)
    assert calls.per_s(Kind.REQUESTS, 150.0) == 4.0
    assert calls.delay(150.0, 0.0) == pytest.approx(1.5 / 4)
    calls.delay(155.0, 0.0)
    calls.learn(155.0, found)
    assert calls.delay(155.0, 0.0) == 0.0


def test_a_ceiling_falls_regains_what_it_lost_and_grows_faster_later() -> None:
    """In a minute what the decrease took; after five minutes ever faster, up to what is configured."""
    ceiling = Ceiling(100.0)
    assert (ceiling.per_s(0.0), ceiling.found(0.0), ceiling.version) == (98.0, None, 0)
    ceiling.drop(1_000.0, asked_per_s=50.0, turn_s=1.0)
    later = {0.0: 46.0, 30.0: 48.0, 60.0: 50.0, 300.0: 66.0, 450.0: 46 + 4 * 7.5 * 1.5, 9_999.0: 98.0}
    assert [ceiling.per_s(1_000.0 + after) for after in later] == pytest.approx(list(later.values()))
    found = ceiling.found(1_030.0)
    assert found is not None
    assert (found.version, found.per_s, found.lost_per_s) == pytest.approx((1, 48.0, 4.0))


@pytest.mark.parametrize(
    ("after_s", "turn_s", "is_soon"),
    [(14.9, 1.0, True), (15.0, 1.0, False), (29.9, 15.0, True), (30.0, 15.0, False), (45.0, 99.0, False)],
)
def test_decreases_that_follow_soon_take_more(after_s: float, turn_s: float, *, is_soon: bool) -> None:
    """Within fifteen seconds, or two turns up to forty-five seconds; else they begin anew."""
    ceiling = Ceiling(100.0)
    ceiling.drop(0.0, asked_per_s=50.0, turn_s=turn_s)
    before = ceiling.per_s(after_s)
    ceiling.drop(after_s, asked_per_s=99.0, turn_s=turn_s)
    assert ceiling.per_s(after_s) == pytest.approx(before * (0.85 if is_soon else 0.92))
    assert ceiling.version == 2


def test_each_soon_decrease_takes_more_down_to_a_hundredth_of_the_first() -> None:
    """What is granted again is noticed soon: at least eight hundredths are regained in a minute."""
    ceiling = Ceiling(100.0)
    levels = []
    for number in range(40):
        ceiling.drop(number / 1_000, asked_per_s=50.0, turn_s=1.0)
        levels.append(ceiling.per_s(number / 1_000))
    assert levels[:5] == pytest.approx([46.0, 39.1, 29.33, 17.6, 10.56], rel=1e-3)
    assert levels[-1] == pytest.approx(0.5)
    assert ceiling.per_s(60.039) == pytest.approx(0.54)


def test_only_what_is_later_is_learnt() -> None:
    """A decrease counts as one's own for how soon the next follows."""
    ceiling = Ceiling(100.0)
    assert not ceiling.learn(0.0, Found(0, 1.0, 1.0), turn_s=1.0)
    assert ceiling.learn(0.0, Found(3, 20.0, 2.0), turn_s=1.0)
    assert not ceiling.learn(1.0, Found(3, 10.0, 2.0), turn_s=1.0)
    assert (ceiling.version, ceiling.per_s(0.0)) == (3, 20.0)
    ceiling.drop(1.0, asked_per_s=99.0, turn_s=1.0)
    assert (ceiling.version, ceiling.per_s(1.0)) == pytest.approx((4, (20 + 2 / 60) * 0.85))


@pytest.mark.parametrize(
    ("own", "others", "part", "used"),
    [
        (4.0, [], 1.0, 0.0),
        (4.0, [4.0], 0.5, 0.4),
        (4.0, [2.0], 0.6, 0.2),
        (9.0, [2.0], 0.8, 0.2),
        (9.0, [9.0], 0.5, 0.5),
        (99.0, [99.0, 1.0], 0.45, 0.55),
        (2.0, [99.0, 99.0], 0.2, 0.8),
        (0.0, [99.0], 0.05, 0.95),
        (0.0, [0.0, 0.0], 1 / 3, 0.0),
    ],
)
def test_nobody_gets_more_than_they_want_while_somebody_lacks_something(
    own: float, others: list[float], part: float, used: float
) -> None:
    """Of ten calls a second: what nobody wants is shared, and everybody has a tenth of an equal share."""
    found = divide(own, others, 10.0)
    assert found == pytest.approx((part, used))


def test_of_tasks_of_which_nothing_is_known_each_has_the_same() -> None:
    """The others use theirs."""
    assert equally(4) == Division(0.25, 0.75)
    assert equally(1) == Division(1.0, 0.0)


def test_tasks_of_two_releases_call_quotas_alike() -> None:
    """They tell one another by these names what they have found."""
    assert [str(kind) for kind in Kind] == ["requests", "tokens"]
