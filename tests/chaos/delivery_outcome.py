"""What became of a delivery, read from the stack and from whoever took the emails, not through the proxy."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fondly.contracts.consent import Contact
from fondly.contracts.delivery import Dispatch, FinishedEmail, Outcome
from fondly.runtime.runs.delivery import Delivery
from fondly.runtime.storage import from_item, to_item
from fondly.stack.observer import Observer
from tests.chaos.tally import Tally
from tests.support.finished_runs import Finished


@dataclass(frozen=True, kw_only=True)
class DeliveryOutcome:
    """Everything by which a delivery is judged."""

    emails: Mapping[str, FinishedEmail]
    """The run's emails, by customer."""
    barred: Mapping[str, str]
    """Who must not be written to, and for which reason."""
    sample: frozenset[str]
    """Whom the sample is for."""
    delivery: Delivery | None
    dispatches: Mapping[str, Dispatch]
    contacts: Mapping[str, Contact]
    taken: Mapping[str, int]
    """How many emails the provider has taken for each customer, whether or not anybody was told."""
    taken_while_held: int
    taken_by_sample: frozenset[str]
    """Whose emails the provider had taken when the rest was approved."""
    wins: Sequence[int] = ()
    """Of each pair of approvals at once, how many counted."""
    refused: Sequence[str] = ()
    """Which approvals of something else than what was shown were refused."""
    rewritten: frozenset[str] = frozenset()
    """Whose email was made anew without what was struck, before it was handed over."""
    struck: Sequence[str] = ()
    """Whose email arrived with what was struck."""
    altered: Sequence[str] = ()
    """Whose email arrived with other bytes than are stored, or is refused by a strict reader."""
    sent_events: Mapping[str, Counter[str]] = field(default_factory=dict)
    suppressed_events: Mapping[str, Counter[str]] = field(default_factory=dict)
    """How often each event arrived, by customer and event id."""
    counts: Mapping[str, int] = field(default_factory=dict)
    """Of the reports of all parts."""
    kept: Mapping[Outcome, int] = field(default_factory=dict)
    """How many emails have each outcome, as the tally of the run is kept."""
    depths: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    dead_letters: Mapping[str, int] = field(default_factory=dict)
    doubtful: int = 0
    """How many emails may be in doubt: one for each that was in flight at a kill, or whose reply was lost."""
    tally: Tally = field(default_factory=Tally)
    calls: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0


async def dispatches(observer: Observer, run_id: str) -> dict[str, Dispatch]:
    """What is known of each of a run's emails, by customer."""
    found = await _items(
        observer,
        "dispatches",
        KeyConditionExpression="run_id = :run",
        ExpressionAttributeValues=to_item({":run": run_id}),
    )
    return {each.customer_id: each for each in map(Dispatch.model_validate, found)}


async def contacts(observer: Observer) -> dict[str, Contact]:
    """When each customer was written to, by customer."""
    table = observer.resources.tables["contacts"]
    pages = observer.dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
    items = [from_item(item) async for page in pages for item in page.get("Items", [])]
    return {each.customer_id: each for each in map(Contact.model_validate, items)}


async def report_counts(observer: Observer, run_id: str) -> dict[str, int]:
    """What the reports of a run's delivery count."""
    counts: Counter[str] = Counter()
    for report in await observer.ledger.reports(run_id):
        if report.stage == "sender":
            counts.update(report.counts)
    return dict(counts)


def by_customer(taken: Mapping[str, int], emails: Iterable[Finished]) -> Counter[str]:
    """Turn counts by address into counts by customer; an address that nobody has counts for itself."""
    owners = {one.email.address: one.customer_id for one in emails if one.email.address}
    found: Counter[str] = Counter()
    for address, number in taken.items():
        found[owners.get(address, address)] += number
    return found


async def _items(observer: Observer, table: str, **query: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - a query's
    pages = observer.dynamodb.get_paginator("query").paginate(
        TableName=observer.resources.tables[table], ConsistentRead=True, **query
    )
    return [from_item(item) async for page in pages for item in page.get("Items", [])]
