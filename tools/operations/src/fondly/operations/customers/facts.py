"""What is known of customers, in words."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from fondly.contracts.consent import Contact, Frequency
from fondly.operations.customers.known import Known
from fondly.operations.formatting import count, counted

YES_NO = {True: "yes", False: "no"}
FIELDS = {
    "name": "name",
    "email": "address",
    "age": "age",
    "marketing_consent": "consent",
    "language": "language",
    "time_zone": "time zone",
    "exclusion": "no emails because",
}


def facts_of(known: Known) -> Iterator[tuple[str, str]]:
    """Yield who they are, how they are written to, and how much there is of each kind."""
    for item in known.tables.get("customers", ()):
        yield "customer", str(item["customer_id"])
        for field, name in FIELDS.items():
            if (value := item.get(field)) is not None:
                yield name, YES_NO.get(value, str(value)) if isinstance(value, bool) else str(value)
    for item in known.tables.get("contacts", ()):
        yield "written to", _contact(Contact.model_validate(item))
    for each in known.suppressions:
        yield "suppressed", f"{each.kind}: {each.reason}, {each.at:%Y-%m-%d}, by {each.source}"
    for item in known.tables.get("dispatches", ()):
        yield "email", f"of {item['run_id']}: {dispatch_words(item)}"
    for name, items in sorted(known.tables.items()):
        yield f"items of {name}", count(len(items))


def _contact(contact: Contact) -> str:
    times = contact.times
    told = [counted(len(times), "time")]
    if times:
        told.append(f"last on {datetime.fromtimestamp(times[0], UTC):%Y-%m-%d}")
    if contact.frequency is not Frequency.ANY:
        told.append(f"wants {contact.frequency} emails")
    if contact.topics_off:
        told.append(f"wants nothing of {', '.join(contact.topics_off)}")
    return "; ".join(told)


def dispatch_words(item: Mapping[str, Any]) -> str:
    """What has become of an email, by the item of its dispatch."""
    reason = f": {item['reason']}" if item.get("reason") else ""
    return f"{item['outcome']}{reason}, {str(item['at'])[:16].replace('T', ' ')}"
