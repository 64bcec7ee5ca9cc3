import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from fondly.contracts.events import Event, RunFinished
from fondly.runtime.runs.run import Run, RunStatus
from tests.chaos.calls import Call
from tests.chaos.outcome import Outcome
from tests.chaos.paid import COMPREHEND_DOCUMENTS, CONVERSE_PROMPTS, Bill, prompts
from tests.chaos.tally import Tally
from tests.chaos.verdict import judge

CUSTOMERS = [f"C{number}" for number in range(21)]


def finished(**counts: int) -> Event[RunFinished]:
    """A `run-finished` event with these counts."""
    data = RunFinished(status="finished", counts=counts, cost_usd={"total": Decimal(1)})
    return Event[RunFinished](
        id="one", source="fondly/mailer", type=data.type, subject="run-1", time=datetime.now(UTC), data=data
    )


def billed(*requests: str) -> Bill:
    """A bill for these Converse prompts."""
    bill = Bill()
    bill.delivered[CONVERSE_PROMPTS].update(requests)
    return bill


def good() -> Outcome:
    """The outcome of a run in which nothing goes wrong."""
    return Outcome(
        run=Run(run_id="run-1", status=RunStatus.FINISHED, created_at=datetime.now(UTC)),
        emails={f"{customer}.eml": b"Subject: Hello" for customer in CUSTOMERS},
        records={customer: {"customer_id": customer} for customer in CUSTOMERS},
        tables={"reviews": {"R1": "scored"}},
        announced={customer: Counter({f"event-{customer}": 1}) for customer in CUSTOMERS},
        finished_events=(finished(emails=21),),
        depths={"mailer": {"visible": 0, "in_flight": 0, "delayed": 0}},
        dead_letters={"mailer": 0},
        bill=billed(*CUSTOMERS),
        tally=Tally(),
        calls=Counter(),
        seconds=1.0,
    )


def broken(stormy: Outcome) -> list[str]:
    """The promises that an outcome breaks, compared with a good calm run."""
    return [check.promise for check in judge(stormy, good()) if not check.kept]


def test_equal_outcomes_pass() -> None:
    """Events may arrive twice, and what a killed process had in flight may be paid for again."""
    twice = {customer: Counter({f"event-{customer}": 2}) for customer in CUSTOMERS}
    bill = billed(*CUSTOMERS, "C1", "C2", "C3", "C4")
    bill.most_in_flight[CONVERSE_PROMPTS] = 2
    again = replace(
        good(),
        announced=twice,
        finished_events=good().finished_events * 2,
        bill=bill,
        tally=Tally(kills=Counter({"mailer": 2, "ingest": 5})),
    )
    assert broken(again) == []
    once_more = billed(*CUSTOMERS, "C1", "C2", "C3", "C4", "C5")
    once_more.most_in_flight[CONVERSE_PROMPTS] = 2
    assert len(broken(replace(again, bill=once_more))) == 1


def test_empty_runs_do_not_pass() -> None:
    """Two runs without emails are equal but prove nothing."""
    nothing = replace(good(), run=None, emails={}, records={}, announced={}, finished_events=())
    assert len([check for check in judge(nothing, nothing) if not check.kept]) >= 4


FAULTS: dict[str, Callable[[Outcome], Outcome]] = {
    "the run is finished": lambda outcome: replace(outcome, run=None),
    "emails are byte-identical": lambda outcome: replace(
        outcome, emails={**outcome.emails, "C1.eml": b"Subject: Hi"}
    ),
    "the emails table has one record each": lambda outcome: replace(
        outcome, records={**outcome.records, "C99": {}}
    ),
    "the table reviews": lambda outcome: replace(outcome, tables={"reviews": {"R1": "unscored"}}),
    "email-finished arrived": lambda outcome: replace(
        outcome, announced={name: ids for name, ids in outcome.announced.items() if name != "C1"}
    ),
    "its repetitions have one event id": lambda outcome: replace(
        outcome, announced={**outcome.announced, "C1": Counter({"a": 1, "b": 1})}
    ),
    "run-finished arrived": lambda outcome: replace(outcome, finished_events=(finished(emails=22),)),
    "no message is visible": lambda outcome: replace(
        outcome, depths={"mailer": {"visible": 0, "in_flight": 1}}
    ),
    "no dead letters": lambda outcome: replace(outcome, dead_letters={"mailer": 1}),
    "no more Converse prompts are repeated": lambda outcome: replace(outcome, bill=billed(*CUSTOMERS, "C1")),
}


@pytest.mark.parametrize("promise", FAULTS)
def test_each_broken_promise_fails_its_own_check(promise: str) -> None:
    """One fault, one failed check."""
    (found,) = broken(FAULTS[promise](good()))
    assert found.startswith(promise)


def test_products_that_are_asked_about_together_are_paid_one_by_one() -> None:
    """Which of them share a call depends on timing, so a bill counts prompts, whatever their numbers."""
    lamp, mug, other = ({"kind": kind, "slots": ["name", "price"]} for kind in ("lamp", "mug", "cup"))
    together = prompts(converse(lamp, mug))
    assert together == [*prompts(converse(lamp)), *prompts(converse(mug))]
    assert set(together) == set(prompts(converse(mug, lamp)))
    assert set(together).isdisjoint(prompts(converse(other)))
    assert prompts(converse(lamp, wordings=2)) != prompts(converse(lamp))


def converse(*products: Mapping[str, Any], wordings: int = 3) -> Call:
    """A call that asks about these products, numbered in their order."""
    numbered = [
        {**each, "n": number, "slots": [f"{number}.{slot}" for slot in each["slots"]]}
        for number, each in enumerate(products, 1)
    ]
    facts = json.dumps({"task": "product", "wordings": wordings, "products": numbered})
    message = {"role": "user", "content": [{"text": f"<facts>\n{facts}\n</facts>"}]}
    body = json.dumps({"system": [{"text": "Write."}], "messages": [message]})
    return Call("POST", "/model/a-model/converse", {}, body.encode())


def test_a_calm_run_that_pays_for_words_twice_breaks_a_promise() -> None:
    """No fault excuses it, and a storm that does no worse does not hide it."""
    bill = billed(*CUSTOMERS)
    bill.delivered[COMPREHEND_DOCUMENTS].update(["Sentiment Good", "Sentiment Good", "Sentiment Bad"])
    twice = replace(good(), bill=bill)
    found = [check for check in judge(twice, twice) if not check.kept]
    assert [(check.promise, check.found) for check in found] == [
        ("in a calm run Comprehend is asked about no words twice", "1 repeated")
    ]
