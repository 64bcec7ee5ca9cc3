"""Clicks in emails, as they pass through the feedback queue, and what they tell others.

A message is a first line that no token can be, and the link's query: its token proves whose click it is.
"""

from datetime import UTC, datetime
from hashlib import sha256

from fondly.contracts.click_links import Click
from fondly.contracts.records import CustomerEvent, EventKind

FIRST_LINE = "click"
DIGEST_CHARS = 32


def message_of(query: str) -> str:
    """Return the message about a click on the link with this query."""
    return f"{FIRST_LINE}\n{query}"


def query_of(message: str) -> str | None:
    """Return the query of the link that a message is about; None if it is about none."""
    first, _, query = message.partition("\n")
    return query if first == FIRST_LINE else None


def event_of(click: Click, at: datetime) -> CustomerEvent:
    """Return what a click tells of its customer; on one day all clicks on one product are the same event."""
    day = at.astimezone(UTC).date().isoformat()
    told = f"{click.run_id}\n{click.customer_id}\n{click.product_id}\n{day}"
    return CustomerEvent(
        event_id=f"click-{sha256(told.encode('utf-8', 'replace')).hexdigest()[:DIGEST_CHARS]}",
        customer_id=click.customer_id,
        product_id=click.product_id,
        kind=EventKind.CLICKED,
        timestamp=int(at.timestamp()),
        run_id=click.run_id,
    )
