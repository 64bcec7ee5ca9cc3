from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from fondly.contracts.consent import Contact
from fondly.contracts.delivery import Dispatch, FinishedEmail, Outcome
from fondly.runtime.runs.delivery import Delivery, DeliveryStatus
from tests.chaos.delivery_outcome import DeliveryOutcome
from tests.chaos.delivery_verdict import judge_delivery

START = datetime(2026, 1, 1, tzinfo=UTC)
SENT = [f"C{number}" for number in range(5)]
BARRED, DOUBTFUL, REFUSED = "B", "D", "R"
EVERYBODY = [*SENT, BARRED, DOUBTFUL, REFUSED]


def dispatch(customer_id: str, outcome: Outcome, reason: str = "") -> Dispatch:
    """What is known of a customer's email."""
    return Dispatch(run_id="run-1", customer_id=customer_id, outcome=outcome, reason=reason, at=START)


def once(customers: list[str]) -> Mapping[str, Counter[str]]:
    """An event for each customer, which arrived once."""
    return {one: Counter({f"event-{one}": 1}) for one in customers}


def good() -> DeliveryOutcome:
    """A delivery in which nothing goes wrong but what is listed; the email in doubt has not arrived."""
    return DeliveryOutcome(
        emails={one: FinishedEmail(customer_id=one, key=f"{one}.eml") for one in EVERYBODY},
        barred={BARRED: "unsubscribed"},
        sample=frozenset({"C0", "C1"}),
        delivery=Delivery(run_id="run-1", status=DeliveryStatus.DONE, opened_at=START),
        dispatches={
            **{one: dispatch(one, Outcome.SENT) for one in SENT},
            BARRED: dispatch(BARRED, Outcome.SUPPRESSED, "unsubscribed"),
            DOUBTFUL: dispatch(DOUBTFUL, Outcome.IN_DOUBT, "its worker stopped"),
            REFUSED: dispatch(REFUSED, Outcome.REFUSED, "no such user"),
        },
        contacts={one: Contact(customer_id=one, times=(1,)) for one in (*SENT, DOUBTFUL, REFUSED)},
        taken=Counter(SENT),
        taken_while_held=0,
        taken_by_sample=frozenset({"C0", "C1"}),
        wins=[1, 1, 1],
        refused=["before", "meanwhile", "after"],
        rewritten=frozenset({"C3", "C4"}),
        struck=["C0"],
        sent_events=once(SENT),
        suppressed_events=once([BARRED, DOUBTFUL, REFUSED]),
        counts={"emails_sent": 5, "emails_not_sent": 1, "emails_in_doubt": 1, "emails_refused": 1},
        kept={Outcome.SENT: 5, Outcome.SUPPRESSED: 1, Outcome.IN_DOUBT: 1, Outcome.REFUSED: 1},
        depths={"sender": {"visible": 0, "in_flight": 0, "delayed": 0}},
        dead_letters={"sender": 0},
        doubtful=1,
    )


def broken(found: DeliveryOutcome) -> list[str]:
    """The promises that a delivery breaks."""
    return [check.promise for check in judge_delivery(found) if not check.kept]


def known(**outcomes: Dispatch) -> Callable[[DeliveryOutcome], DeliveryOutcome]:
    """Return what makes something else known of some emails."""
    return lambda found: replace(found, dispatches={**found.dispatches, **outcomes})


def test_a_delivery_without_faults_passes() -> None:
    """An event may arrive twice."""
    twice = {one: Counter({f"event-{one}": 2}) for one in SENT}
    assert broken(good()) == []
    assert broken(replace(good(), sent_events=twice)) == []


@pytest.mark.parametrize(
    ("told", "sent", "promises"),
    [
        ([*SENT, DOUBTFUL], 6, []),
        (
            [*SENT, DOUBTFUL],
            5,
            ["the reports count every email once", "the tally that is kept counts every email once"],
        ),
        (SENT, 5, []),
    ],
)
def test_an_email_that_turns_out_to_be_sent_is_counted_once_it_is_told(
    told: list[str], sent: int, promises: list[str]
) -> None:
    """Its record came when it had been announced as in doubt."""
    late = known(**{DOUBTFUL: dispatch(DOUBTFUL, Outcome.SENT)})(
        replace(good(), taken=Counter([*SENT, DOUBTFUL]))
    )
    counts = {**late.counts, "emails_sent": sent, "emails_in_doubt": 6 - sent}
    kept = {**late.kept, Outcome.SENT: sent, Outcome.IN_DOUBT: 6 - sent}
    assert broken(replace(late, counts=counts, kept=kept, sent_events=once(told))) == promises


FAULTS: dict[str, Callable[[DeliveryOutcome], DeliveryOutcome]] = {
    "nobody gets two": lambda found: replace(found, taken={**found.taken, DOUBTFUL: 2}),
    "nothing goes out before": lambda found: replace(found, taken_while_held=1),
    "a sample goes to its customers only": lambda found: replace(
        found, taken_by_sample=frozenset({"C0", "C2"})
    ),
    "of two approvals at once": lambda found: replace(found, wins=[1, 2, 1]),
    "what was not shown": lambda found: replace(found, refused=["before"]),
    "no email says what was struck": lambda found: replace(found, struck=["C0", "C3"]),
    "the tally that is kept": lambda found: replace(found, kept={}),
    "the delivery is done": lambda found: replace(found, delivery=None),
    "everybody gets one, or is listed": known(R=dispatch(REFUSED, Outcome.REFUSED)),
    "only customers of the run": lambda found: replace(found, taken={**found.taken, "somebody": 1}),
    "who must not be written to is listed": known(B=dispatch(BARRED, Outcome.SUPPRESSED, "frequency")),
    "emails arrive as they are stored": lambda found: replace(found, altered=["C1"]),
    "no more emails are in doubt": lambda found: replace(found, doubtful=0),
    "no email that was accepted": lambda found: replace(found, taken={**found.taken, DOUBTFUL: 1}),
    "an email counts once": lambda found: replace(
        found, contacts={**found.contacts, "C1": Contact(customer_id="C1", times=(2, 1))}
    ),
    "who is not written to counts as": lambda found: replace(
        found, contacts={**found.contacts, BARRED: Contact(customer_id=BARRED, times=(1,))}
    ),
    "the reports count every email once": lambda found: replace(
        found, counts={**found.counts, "emails_refused": 2}
    ),
    "email-sent arrives": lambda found: replace(found, sent_events=once([*SENT, DOUBTFUL])),
    "email-suppressed arrives": lambda found: replace(found, suppressed_events=once([BARRED])),
    "the repetitions of an event": lambda found: replace(
        found, sent_events={**found.sent_events, "C1": Counter({"a": 1, "b": 1})}
    ),
    "no message is visible": lambda found: replace(found, depths={"sender": {"visible": 1}}),
    "no dead letters": lambda found: replace(found, dead_letters={"sender": 1}),
}


@pytest.mark.parametrize("promise", FAULTS)
def test_each_broken_promise_fails_its_own_check(promise: str) -> None:
    """One fault, one failed check."""
    (found,) = broken(FAULTS[promise](good()))
    assert found.startswith(promise)


@pytest.mark.parametrize(
    ("change", "promise"),
    [
        (known(C1=dispatch("C1", Outcome.SENDING)), "something final is known of every email"),
        (
            lambda found: replace(found, taken={**found.taken, "C1": 0}),
            "whose email counts as sent has got it",
        ),
        (lambda found: replace(found, taken={**found.taken, REFUSED: 1}), "whose email counts as not sent"),
        (lambda found: replace(found, taken={**found.taken, BARRED: 1}), "nobody gets one who must not"),
    ],
)
def test_a_record_that_is_not_true_is_found(
    change: Callable[[DeliveryOutcome], DeliveryOutcome], promise: str
) -> None:
    """Whatever else follows from it."""
    assert any(each.startswith(promise) for each in broken(change(good())))
