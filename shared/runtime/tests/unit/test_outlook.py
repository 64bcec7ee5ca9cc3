import pytest
from structlog.testing import capture_logs

from fondly.contracts.errors import PermanentError
from fondly.runtime.quota.outlook import Outlook

CALLS_PER_MIN = 100
CALLS_PER_DAY = CALLS_PER_MIN * 60 * 24
KEPT_S = 14 * 24 * 3_600


def test_a_run_that_outlasts_its_messages_is_refused() -> None:
    """Messages are kept for 14 days: a run of fourteen ends in time, one of fifteen does not."""
    outlook = Outlook(lambda: CALLS_PER_MIN / 60, KEPT_S)
    outlook.require(CALLS_PER_DAY * 14)
    with pytest.raises(PermanentError, match=r"2,160,000 calls take 360 hours .* kept for 336: .*quota"):
        outlook.require(CALLS_PER_DAY * 15)


def test_how_long_a_run_takes_is_reported() -> None:
    """Alarms on what has waited for long know how long it may."""
    with capture_logs() as written:
        Outlook(lambda: CALLS_PER_MIN / 60, KEPT_S).report(CALLS_PER_DAY * 11)
    assert [line["run_estimate_seconds"] for line in written] == [11 * 24 * 3_600]
