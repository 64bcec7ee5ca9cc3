"""Who is in which arm of a comparison."""

from collections import Counter

import pytest

from fondly.contracts.experiments import Holdout, arm, in_share

NAMES = [f"customer-{number}" for number in range(20_000)]
ARMS = ("plain", "named", "short")


def test_assignment_never_changes() -> None:
    """What was sent by it is evaluated by it, perhaps by a later version."""
    assert [arm(name, "july", ARMS) for name in ("C1", "C2", "C3", "Ünal")] == [
        "short",
        "short",
        "named",
        "short",
    ]
    assert [in_share(name, "july", 0.5) for name in ("C1", "C2", "C3", "Ünal")] == [False, True, False, True]


def test_arms_are_equally_likely() -> None:
    """The chi-squared statistic of three arms is below the value that chance exceeds once in a million."""
    counts = Counter(arm(name, "july", ARMS) for name in NAMES)
    expected = len(NAMES) / len(ARMS)
    assert sum((count - expected) ** 2 / expected for count in counts.values()) < 27.6
    assert set(counts) == set(ARMS)


@pytest.mark.parametrize("share", [0.01, 0.1, 0.5, 0.9])
def test_share_is_as_large_as_asked(share: float) -> None:
    """Within five standard deviations of a binomial count."""
    count = sum(in_share(name, "july", share) for name in NAMES)
    deviation = (len(NAMES) * share * (1 - share)) ** 0.5
    assert abs(count - len(NAMES) * share) < 5 * deviation


def test_no_share_is_nobody_and_the_whole_is_everybody() -> None:
    """The ends are exact."""
    assert not any(in_share(name, "july", 0.0) for name in NAMES)
    assert all(in_share(name, "july", 1.0) for name in NAMES)


def test_larger_share_contains_the_smaller() -> None:
    """Who is held out at 5 % is held out at 10 %, so a change moves as few as possible."""
    small = {name for name in NAMES if in_share(name, "july", 0.05)}
    assert small
    assert all(in_share(name, "july", 0.1) for name in small)


def test_a_holdout_is_a_share_of_the_customers() -> None:
    """Drawn by its salt; by default nobody is in it. The draw is pinned: runs of last week are told by it."""
    assert not any(Holdout().has(name) for name in NAMES)
    holdout = Holdout(share=0.1, salt="july")
    held_out = [name for name in NAMES if holdout.has(name)]
    assert abs(len(held_out) - len(NAMES) / 10) < 5 * (len(NAMES) * 0.09) ** 0.5
    assert held_out == [name for name in NAMES if in_share(name, "holdout:july", 0.1)]
    assert held_out != [name for name in NAMES if Holdout(share=0.1, salt="august").has(name)]


@pytest.mark.parametrize("other", ["july", "august"])
def test_arms_of_a_share_are_still_equally_likely(other: str) -> None:
    """Also when share and arms have the same salt: those held out are not all of one arm."""
    held_out = [name for name in NAMES if in_share(name, other, 0.2)]
    counts = Counter(arm(name, "july", ARMS) for name in held_out)
    expected = len(held_out) / len(ARMS)
    assert sum((count - expected) ** 2 / expected for count in counts.values()) < 27.6


def test_another_salt_draws_anew() -> None:
    """Two experiments do not share their arms: about half agree by chance where there are two."""
    same = sum(arm(name, "july", "ab") == arm(name, "august", "ab") for name in NAMES)
    assert abs(same - len(NAMES) / 2) < 5 * (len(NAMES) / 4) ** 0.5


def test_salt_and_name_are_not_confused() -> None:
    """`a` of salt `bc` and `ab` of salt `c` are different people of different experiments."""
    pairs = [
        (arm(f"{number}", "1:x", NAMES[:50]), arm(f"x:{number}", "1", NAMES[:50])) for number in range(99)
    ]
    assert sum(one == other for one, other in pairs) < 20


def test_no_arms_is_an_error() -> None:
    """There is nothing to be in."""
    with pytest.raises(ValueError, match="expected at least one"):
        arm("C1", "july", ())


def test_a_share_never_changes() -> None:
    """Who was held out of the runs of last month is held out of this one's."""
    assert [number for number in range(100) if in_share(f"customer-{number}", "july", 0.1)] == [
        *(31, 51, 52, 57, 65, 76, 78, 83, 90, 95, 98)
    ]
    held_out = [number for number in range(100) if Holdout(share=0.05).has(f"customer-{number}")]
    assert held_out == [2, 5, 23, 60, 76, 77, 84]
