"""What emails led to, in the ledger's table: an item for each event that names a run, beside the run's own.

The items say what was done, and not by whom. Their keys follow from the events, so writing one twice is
writing it once.
"""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from hashlib import sha256
from typing import Any

from pydantic import BaseModel, ConfigDict

from fondly.contracts.records import CustomerEvent, EventKind

DIGEST_CHARS = 32


class Attribution(BaseModel):
    """How often customers did what after the emails of one run, and what their purchases came to.

    `value` is in the shop's currency; `valued` counts the purchases of which it is known.
    """

    model_config = ConfigDict(frozen=True)
    clicked: int = 0
    viewed: int = 0
    purchased: int = 0
    valued: int = 0
    value: Decimal = Decimal()


def partition(run_id: str) -> str:
    """The partition key of what is credited to a run."""
    return f"attribution#{run_id}"


def credited(events: Iterable[CustomerEvent]) -> Iterator[dict[str, Any]]:
    """Yield an item for each different event that names the run whose email led to it."""
    found = {(one.run_id, _name(one)): one for one in events if one.run_id is not None}
    for (run_id, name), event in found.items():
        yield {
            "run_id": partition(run_id),
            "item": name,
            "kind": event.kind.value,
            "product_id": event.product_id,
            "value": event.value,
        }


def attribution(items: Iterable[Mapping[str, Any]]) -> Attribution:
    """Add up the items of one run."""
    counts = dict.fromkeys(EventKind, 0)
    values: list[Decimal] = []
    for item in items:
        kind = EventKind(item["kind"])
        counts[kind] += 1
        if kind is EventKind.PURCHASED and item.get("value") is not None:
            values.append(Decimal(item["value"]))
    return Attribution(
        clicked=counts[EventKind.CLICKED],
        viewed=counts[EventKind.VIEWED],
        purchased=counts[EventKind.PURCHASED],
        valued=len(values),
        value=sum(values, Decimal()),
    )


def _name(event: CustomerEvent) -> str:
    """Name an item by the customer and the event, without telling either."""
    return sha256(f"{event.customer_id}\n{event.event_id}".encode()).hexdigest()[:DIGEST_CHARS]
