"""How a run's dispatches are counted."""

from datetime import UTC, datetime
from typing import Any

from fondly.contracts.delivery import Dispatch, NotSent, Outcome
from fondly.runtime.runs.tally import Tally
from tests.support.tally import counts_of

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


def a_dispatch(outcome: Outcome, **values: Any) -> Dispatch:  # noqa: ANN401 - fields of the record
    """Return what is known of somebody's email."""
    return Dispatch(run_id="run-1", customer_id="c", outcome=outcome, at=NOW, **values)


def test_each_email_counts_once_with_its_reason_and_what_came_back() -> None:
    """The reasons of emails that were not sent are ours; what a provider said is no category."""
    found = Tally.of_counts(
        counts_of(
            a_dispatch(Outcome.SENT, transport="ses"),
            a_dispatch(Outcome.SENT, transport="ses", bounced="hard", bounced_at=NOW),
            a_dispatch(Outcome.SENT, transport="smtp", bounced="complaint", clicked_at=NOW),
            a_dispatch(Outcome.SUPPRESSED, reason=NotSent.UNSUBSCRIBED),
            a_dispatch(Outcome.SUPPRESSED, reason=NotSent.UNSUBSCRIBED),
            a_dispatch(Outcome.SUPPRESSED, reason=NotSent.HOLDOUT),
            a_dispatch(Outcome.REFUSED, reason="550 5.1.1 no such user"),
            a_dispatch(Outcome.IN_DOUBT, reason="the connection was lost"),
            a_dispatch(Outcome.WAITING, reason="451 try again"),
            a_dispatch(Outcome.SENDING),
        )
    )
    assert found == Tally(
        outcomes={
            Outcome.SENT: 3,
            Outcome.SUPPRESSED: 3,
            Outcome.REFUSED: 1,
            Outcome.IN_DOUBT: 1,
            Outcome.WAITING: 1,
            Outcome.SENDING: 1,
        },
        suppressed={NotSent.UNSUBSCRIBED: 2, NotSent.HOLDOUT: 1},
        bounced={"hard": 1, "complaint": 1},
        clicked=1,
        transports={"ses": 2, "smtp": 1},
    )
    assert found.settled == 8
    assert (found.of(Outcome.SENT), Tally.of_counts(counts_of()).of(Outcome.SENT)) == (3, 0)
