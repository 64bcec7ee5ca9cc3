"""Compares a run in a storm with a calm run of the same file, one check per promise."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from fondly.contracts.events import Event, RunFinished
from fondly.runtime.runs.run import RunStatus
from tests.chaos.outcome import Outcome, canonical
from tests.chaos.paid import COMPREHEND_DOCUMENTS, CONVERSE_PROMPTS

PAID_BY = {CONVERSE_PROMPTS: "mailer", COMPREHEND_DOCUMENTS: "sentiment"}
"""Whose crash can repeat paid work: what it has in flight. Personalize's creates are found by their names."""
VARYING_COUNTS = frozenset({"copy_calls"})
"""Products share a call with those that wait beside them, in a calm run too."""
SHOWN = 5


class Check(NamedTuple):
    """A promise, whether it was kept, and what was found."""

    promise: str
    kept: bool
    found: str


def judge(stormy: Outcome, calm: Outcome, *, is_mixed: bool = False) -> list[Check]:
    """Return every check, the most important first; of two releases those that no release's words decide."""
    apart = [] if is_mixed else [*_emails(stormy, calm), _totals(stormy, calm), *_paid(stormy, calm)]
    return [_finished(stormy, calm), *_announced(stormy, calm), *_queues(stormy), *apart]


def _finished(stormy: Outcome, calm: Outcome) -> Check:
    status = stormy.run.status if stormy.run else "no run"
    reason = f": {stormy.run.reason}" if stormy.run and stormy.run.reason else ""
    calm_finished = calm.run is not None and calm.run.status is RunStatus.FINISHED
    return Check("the run is finished", calm_finished and status is RunStatus.FINISHED, f"{status}{reason}")


def _emails(stormy: Outcome, calm: Outcome) -> Iterator[Check]:
    yield _same("emails are byte-identical to the calm run's, except for Date", stormy.emails, calm.emails)
    yield _same(
        "the emails table has one record each, as after the calm run",
        {customer: canonical(record) for customer, record in stormy.records.items()},
        {customer: canonical(record) for customer, record in calm.records.items()},
    )
    for table, items in calm.tables.items():
        yield _same(
            f"the table {table} has the same items as after the calm run", stormy.tables[table], items
        )


def _announced(stormy: Outcome, calm: Outcome) -> Iterator[Check]:
    yield _same("everybody has an email", dict.fromkeys(stormy.emails), dict.fromkeys(calm.emails))
    missing = calm.records.keys() - stormy.announced.keys()
    messages = sum(ids.total() for ids in stormy.announced.values())
    yield Check(
        "email-finished arrived for each customer",
        not missing and stormy.announced.keys() == calm.records.keys(),
        f"{len(stormy.announced)} of {len(calm.records)}, {messages} messages",
    )
    ambiguous = [customer for customer, ids in stormy.announced.items() if len(ids) > 1]
    yield Check(
        "its repetitions have one event id", not ambiguous, f"{len(ambiguous)} customers with several ids"
    )


def _totals(stormy: Outcome, calm: Outcome) -> Check:
    expected = _counts(calm.finished_events[0]) if calm.finished_events else {}
    ids = {event.id for event in stormy.finished_events}
    differences = [
        {
            name: (counts.get(name), expected.get(name))
            for name in counts.keys() | expected.keys()
            if counts.get(name) != expected.get(name)
        }
        for counts in map(_counts, stormy.finished_events)
        if counts != expected
    ]
    return Check(
        "run-finished arrived as one event, with the calm run's counts",
        len(ids) == 1 and not differences and bool(expected),
        f"{len(stormy.finished_events)} messages, {len(ids)} ids"
        + (f", differing (found, expected): {differences[0]}" if differences else ""),
    )


def _counts(event: Event[RunFinished]) -> dict[str, int]:
    return {name: count for name, count in event.data.counts.items() if name not in VARYING_COUNTS}


def _queues(stormy: Outcome) -> Iterator[Check]:
    left = {name: depth for name, depth in stormy.depths.items() if sum(depth.values())}
    yield Check("no message is visible, in flight or delayed", not left, str(left or "none"))
    dead = {name: count for name, count in stormy.dead_letters.items() if count}
    yield Check("no dead letters", not dead, str(dead or "none"))


def _paid(stormy: Outcome, calm: Outcome) -> Iterator[Check]:
    """A crash repeats what it interrupts, so the bound is the number of kills times the work in flight.

    The latter is the most that one process of the service ever had in flight at once in this run.
    """
    twice = calm.bill.repeated(COMPREHEND_DOCUMENTS)
    yield Check("in a calm run Comprehend is asked about no words twice", twice == 0, f"{twice} repeated")
    for kind in calm.bill.delivered:
        needed, repeated = calm.bill.total(kind), stormy.bill.excess_over(calm.bill, kind)
        kills, in_flight = stormy.tally.kills[PAID_BY.get(kind, "")], stormy.bill.most_in_flight[kind]
        yield Check(
            f"no more {kind} are repeated than kills times those in flight",
            repeated <= kills * in_flight,
            f"{repeated} of {needed}, {kills} kills times {in_flight}; "
            f"{stormy.bill.undelivered[kind]} more had their answer cut off",
        )


def _same(promise: str, found: Mapping[str, object], expected: Mapping[str, object]) -> Check:
    missing, extra = expected.keys() - found.keys(), found.keys() - expected.keys()
    differing = [name for name in expected if name in found and found[name] != expected[name]]
    text = f"{len(found)} found, {len(missing)} missing, {len(extra)} extra, {len(differing)} differing"
    names = [*sorted(missing)[:SHOWN], *sorted(extra)[:SHOWN], *sorted(differing)[:SHOWN]]
    faulty = missing or extra or differing or not expected
    return Check(promise, not faulty, text + (f": {', '.join(names)}" if names else ""))
