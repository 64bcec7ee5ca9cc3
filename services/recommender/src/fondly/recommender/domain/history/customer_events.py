"""What customers did between runs: how it is kept, and what it means for Personalize and for their picks.

Besides a customer's other items in the recommendations table there is one under the sort key `events`. Each
event is an attribute of it, named by a digest of the event's id: adding one twice changes nothing, and two
workers that add different ones lose none.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from itertools import groupby
from typing import Any

from fondly.contracts.records import CustomerEvent, EventKind
from fondly.recommender.domain.personalize.datasets import is_fit_id
from fondly.runtime.batches import batches

EVENTS = "events"
ATTRIBUTE = "event_"
MOST, AFTER_TRIMMING = 200, 150
"""How many events of a customer are kept, some 30 KB; beyond that, the least telling are left out."""
EVENTS_PER_CALL = 10
"""Source: PutEvents, Amazon Personalize API reference."""
DIGEST_CHARS = 32
_TELLING = (EventKind.VIEWED, EventKind.CLICKED, EventKind.PURCHASED)
"""The least telling first: what somebody has bought is never offered again, so it is forgotten last."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Up to `EVENTS_PER_CALL` events of one customer in one session."""

    customer_id: str
    session_id: str
    events: tuple[CustomerEvent, ...]


def attribute_of(event: CustomerEvent) -> str:
    """Return the name of the attribute that holds an event."""
    return f"{ATTRIBUTE}{_digest(event.event_id)}"


def value_of(event: CustomerEvent) -> str:
    """Return an event as its attribute holds it: the item says whose it is."""
    return event.model_dump_json(exclude={"customer_id"}, exclude_none=True)


def from_item(item: Mapping[str, Any]) -> tuple[CustomerEvent, ...]:
    """Return the events in a customer's item, newest first."""
    customer = {"customer_id": item["customer_id"]}
    found = [
        CustomerEvent.model_validate(json.loads(value) | customer)
        for name, value in item.items()
        if name.startswith(ATTRIBUTE)
    ]
    return tuple(sorted(found, key=lambda one: (-one.timestamp, one.event_id)))


def surplus(events: Sequence[CustomerEvent]) -> list[CustomerEvent]:
    """Return which of a customer's events are too many, if there are more than `MOST`."""
    if len(events) <= MOST:
        return []
    by_worth = sorted(events, key=lambda one: (_TELLING.index(one.kind), one.timestamp, one.event_id))
    return by_worth[: len(events) - AFTER_TRIMMING]


def visits(events: Iterable[CustomerEvent]) -> Iterator[Visit]:
    """Divide the events that Personalize takes into calls by customer and session (or UTC day), in order."""
    fit = (one for one in events if is_fit_id(one.customer_id) and is_fit_id(one.product_id))
    ordered = sorted(fit, key=lambda one: (*_visit(one), one.timestamp, one.event_id))
    for (customer_id, session_id), group in groupby(ordered, key=_visit):
        for some in batches(group, EVENTS_PER_CALL):
            yield Visit(customer_id, session_id, tuple(some))


def keys(customer_ids: Iterable[str], kept: str = EVENTS) -> list[dict[str, str]]:
    """Return the keys of what is kept of customers under a sort key, each once."""
    return [{"customer_id": one, "run_id": kept} for one in dict.fromkeys(customer_ids)]


def _visit(event: CustomerEvent) -> tuple[str, str]:
    if event.session_id:
        return event.customer_id, event.session_id
    day = datetime.fromtimestamp(event.timestamp, UTC).date().isoformat()
    return event.customer_id, f"{_digest(event.customer_id)}-{day}"


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:DIGEST_CHARS]
