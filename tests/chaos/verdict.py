"""Holds a run in the storm against a calm run of the same file: every check is a line."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from encore.runtime.runs.run import RunStatus
from tests.chaos.outcome import Outcome, facts

MAX_REPEATED = 0.05
SHOWN = 5


class Check(NamedTuple):
    """A promise, whether it was kept, and what was found."""

    promise: str
    kept: bool
    found: str


def judge(stormy: Outcome, calm: Outcome, *, max_repeated: float = MAX_REPEATED) -> list[Check]:
    """Return every check, in the order in which a person asks.

    `max_repeated` is the share of paid calls that may be made again.
    """
    paid = _paid(stormy, calm, max_repeated)
    return [_finished(stormy, calm), *_emails(stormy, calm), *_queues(stormy), *paid]


def _finished(stormy: Outcome, calm: Outcome) -> Check:
    status = stormy.run.status if stormy.run else "no run"
    reason = f": {stormy.run.reason}" if stormy.run and stormy.run.reason else ""
    whole = calm.run is not None and calm.run.status is RunStatus.FINISHED
    return Check("the run is finished", whole and status is RunStatus.FINISHED, f"{status}{reason}")


def _emails(stormy: Outcome, calm: Outcome) -> Iterator[Check]:
    yield _same("emails byte-identical to the calm run's, but for Date", stormy.emails, calm.emails)
    yield _same(
        "the emails table holds each once, as in the calm run",
        {customer: facts(record) for customer, record in stormy.records.items()},
        {customer: facts(record) for customer, record in calm.records.items()},
    )
    for table, items in calm.tables.items():
        yield _same(f"the table {table} holds what it does after the calm run", stormy.tables[table], items)
    missing = calm.records.keys() - stormy.announced.keys()
    heard = sum(ids.total() for ids in stormy.announced.values())
    yield Check(
        "email-finished arrived for each customer",
        not missing and stormy.announced.keys() == calm.records.keys(),
        f"{len(stormy.announced)} of {len(calm.records)}, {heard} messages",
    )
    twofold = [customer for customer, ids in stormy.announced.items() if len(ids) > 1]
    yield Check("its repetitions carry one event id", not twofold, f"{len(twofold)} customers with several")
    yield _totals(stormy, calm)


def _totals(stormy: Outcome, calm: Outcome) -> Check:
    wanted = calm.endings[0].data.counts if calm.endings else {}
    ids = {event.id for event in stormy.endings}
    strange = [
        {
            name: (event.data.counts.get(name), wanted.get(name))
            for name in event.data.counts.keys() | wanted.keys()
            if event.data.counts.get(name) != wanted.get(name)
        }
        for event in stormy.endings
        if event.data.counts != wanted
    ]
    return Check(
        "run-finished arrived as one event, with the calm run's counts",
        len(ids) == 1 and not strange and bool(wanted),
        f"{len(stormy.endings)} messages, {len(ids)} ids"
        + (f", differing (found, wanted): {strange[0]}" if strange else ""),
    )


def _queues(stormy: Outcome) -> Iterator[Check]:
    left = {name: depth for name, depth in stormy.depths.items() if sum(depth.values())}
    yield Check("no message is visible, in flight or delayed", not left, str(left or "none"))
    dead = {name: count for name, count in stormy.dead.items() if count}
    yield Check("no dead letters", not dead, str(dead or "none"))


def _paid(stormy: Outcome, calm: Outcome, max_repeated: float) -> Iterator[Check]:
    for kind in calm.bill.done:
        needed, beyond = calm.bill.total(kind), stormy.bill.beyond(calm.bill, kind)
        yield Check(
            f"under {max_repeated:.0%} of {kind} repeated",
            beyond == 0 or beyond < max_repeated * needed,
            f"{beyond} of {needed}; {stormy.bill.unseen[kind]} more were cut off after the server acted",
        )


def _same(promise: str, found: Mapping[str, object], wanted: Mapping[str, object]) -> Check:
    missing, extra = wanted.keys() - found.keys(), found.keys() - wanted.keys()
    differing = [name for name in wanted if name in found and found[name] != wanted[name]]
    text = f"{len(found)} found, {len(missing)} missing, {len(extra)} extra, {len(differing)} differing"
    names = [*sorted(missing)[:SHOWN], *sorted(extra)[:SHOWN], *sorted(differing)[:SHOWN]]
    faulty = missing or extra or differing or not wanted
    return Check(promise, not faulty, text + (f": {', '.join(names)}" if names else ""))
