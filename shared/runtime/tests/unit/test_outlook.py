import pytest
from structlog.testing import capture_logs

from fondly.runtime.quota.outlook import Outlook

CALLS_PER_MIN = 100
CALLS_PER_DAY = CALLS_PER_MIN * 60 * 24
KEPT_S = 14 * 24 * 3_600


@pytest.mark.parametrize(("days", "warnings"), [(11, 0), (12, 1)])
def test_a_run_that_outlasts_its_messages_is_warned_of_once(days: int, warnings: int) -> None:
    """Messages are kept for 14 days: a run of eleven is covered, one of twelve may not be."""
    outlook = Outlook(lambda: CALLS_PER_MIN / 60, retention_s=KEPT_S)
    with capture_logs() as written:
        for _ in range(3):
            outlook.look("run-1", calls=CALLS_PER_DAY * days)
    warned = [line for line in written if line["event"] == "run_outlasts_its_queue"]
    assert len(warned) == warnings
    assert all(line["hours"] == days * 24 and line["hours_kept"] == 14 * 24 for line in warned)
    estimates = [line["run_estimate_seconds"] for line in written if line not in warned]
    assert estimates == [days * 24 * 3_600] * 3
