"""The simulated CloudWatch does what AWS documents of the real one."""

import pytest

from tests.scaling.cloudwatch import EXTRA_PERIODS, Alarm, Metrics
from tests.scaling.metric_math import evaluate

RETAINED = "retained"
MINUTES = range(5)


@pytest.mark.parametrize(
    ("points", "missing", "ignore", "breaching", "not_breaching"),
    [
        ("0-X-X", False, False, False, False),
        ("0----", False, False, False, False),
        ("-----", False, RETAINED, True, False),
        ("0XX-X", True, True, True, True),
        ("--X--", True, RETAINED, True, False),
    ],
)
@pytest.mark.parametrize("before", [True, False])
def test_missing_values_are_treated_as_documented(
    points: str, missing: object, ignore: object, breaching: object, not_breaching: object, *, before: bool
) -> None:
    """An alarm of three of three periods, which looks at five: the table of the user guide."""
    expected = {"missing": missing, "ignore": ignore, "breaching": breaching, "notBreaching": not_breaching}
    metrics = Metrics()
    for minute, point in enumerate(points):
        if point != "-":
            metrics.put("m", minute, float(point == "X"), seen_at=0)
    for treatment, verdict in expected.items():
        alarm = Alarm([("m1", "m + 0")], "GreaterThanOrEqualToThreshold", 1, 3, 3, treatment, is_on=before)
        assert alarm.evaluate(metrics, now=3 + EXTRA_PERIODS) == (before if verdict is RETAINED else verdict)


def test_a_value_counts_only_once_it_can_be_read() -> None:
    """A late metric is missing until then."""
    metrics = Metrics()
    metrics.put("m", 0, 7, seen_at=3)
    assert metrics.read("m", MINUTES, now=2) == {}
    assert metrics.read("m", MINUTES, now=3) == {0: 7}


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("m + n", {1: 3.0}),
        ("m / n", {}),
        ("FILL(m, REPEAT)", {0: 3.0, 1: 3.0, 2: 0.0, 3: 0.0, 4: 0.0}),
        ("FILL(n, REPEAT)", {1: 0.0, 2: 0.0, 3: 0.0, 4: 0.0}),
        ("FILL(n, 9)", {0: 9.0, 1: 0.0, 2: 9.0, 3: 9.0, 4: 9.0}),
        ("FILL(none, 0)", {}),
        ("IF(m > 0, m, 5)", {0: 3.0, 1: 3.0, 2: 5.0}),
    ],
)
def test_metric_math_joins_and_fills_series(expression: str, value: dict[int, float]) -> None:
    """Arithmetic needs both values, filling at least one, and a series without any stays empty."""
    known = {"m": {0: 3.0, 1: 3.0, 2: 0.0}, "n": {1: 0.0}, "none": {}}
    assert evaluate(expression, known, MINUTES) == value
