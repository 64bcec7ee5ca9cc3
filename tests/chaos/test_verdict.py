from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from encore.contracts.events import Event, RunFinished
from encore.runtime.runs.run import Run, RunStatus
from tests.chaos.outcome import Outcome
from tests.chaos.paid import EMAILS, Bill
from tests.chaos.tally import Tally
from tests.chaos.verdict import judge

CUSTOMERS = [f"C{number}" for number in range(21)]


def ending(**counts: int) -> Event[RunFinished]:
    """A `run-finished` event with these counts."""
    data = RunFinished(status="finished", counts=counts, cost_usd={"total": Decimal(1)})
    return Event[RunFinished](
        id="one", source="encore/mailer", type=data.type, subject="run-1", time=datetime.now(UTC), data=data
    )


def billed(*asked: str) -> Bill:
    """A bill of Converse calls."""
    bill = Bill()
    bill.done[EMAILS].update(asked)
    return bill


def good() -> Outcome:
    """What a run comes to when nothing goes wrong."""
    return Outcome(
        run=Run(run_id="run-1", status=RunStatus.FINISHED, created_at=datetime.now(UTC)),
        emails={f"{customer}.eml": b"Subject: Hello" for customer in CUSTOMERS},
        records={customer: {"customer_id": customer} for customer in CUSTOMERS},
        tables={"reviews": {"R1": "scored"}},
        announced={customer: Counter({f"event-{customer}": 1}) for customer in CUSTOMERS},
        endings=(ending(emails=21),),
        depths={"mailer": {"visible": 0, "in_flight": 0, "delayed": 0}},
        dead={"mailer": 0},
        bill=billed(*CUSTOMERS),
        tally=Tally(),
        calls=Counter(),
        seconds=1.0,
    )


def broken(stormy: Outcome) -> list[str]:
    """The promises that an outcome broke, beside a good calm run."""
    return [check.promise for check in judge(stormy, good()) if not check.kept]


def test_equal_outcomes_pass() -> None:
    """Events may come twice, and fewer than one call in twenty may be repeated."""
    twice = {customer: Counter({f"event-{customer}": 2}) for customer in CUSTOMERS}
    again = replace(good(), announced=twice, endings=good().endings * 2, bill=billed(*CUSTOMERS, "C1"))
    assert broken(again) == []


def test_a_calm_run_that_came_to_nothing_proves_nothing() -> None:
    """Two runs without emails are equal, and no success."""
    nothing = replace(good(), run=None, emails={}, records={}, announced={}, endings=())
    assert len([check for check in judge(nothing, nothing) if not check.kept]) >= 4


FAULTS: dict[str, Callable[[Outcome], Outcome]] = {
    "the run is finished": lambda one: replace(one, run=None),
    "emails byte-identical": lambda one: replace(one, emails={**one.emails, "C1.eml": b"Subject: Hi"}),
    "the emails table holds each once": lambda one: replace(one, records={**one.records, "C99": {}}),
    "the table reviews": lambda one: replace(one, tables={"reviews": {"R1": "unscored"}}),
    "email-finished arrived": lambda one: replace(
        one, announced={name: ids for name, ids in one.announced.items() if name != "C1"}
    ),
    "its repetitions carry one event id": lambda one: replace(
        one, announced={**one.announced, "C1": Counter({"a": 1, "b": 1})}
    ),
    "run-finished arrived": lambda one: replace(one, endings=(ending(emails=22),)),
    "no message is visible": lambda one: replace(one, depths={"mailer": {"visible": 0, "in_flight": 1}}),
    "no dead letters": lambda one: replace(one, dead={"mailer": 1}),
    "under 5% of Converse calls": lambda one: replace(one, bill=billed(*CUSTOMERS, "C1", "other")),
}


@pytest.mark.parametrize("promise", FAULTS)
def test_each_broken_promise_is_seen_by_its_own_check(promise: str) -> None:
    """One thing wrong, one check that fails."""
    (found,) = broken(FAULTS[promise](good()))
    assert found.startswith(promise)
