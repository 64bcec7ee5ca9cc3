"""What is known of customers, and what a search has found, for people."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from rich.table import Table

from fondly.cli.tables import cell, table
from fondly.contracts.consent import Contact, Frequency
from fondly.operations.customers.consent import described
from fondly.operations.customers.known import Known
from fondly.operations.customers.proof import Proof
from fondly.operations.formatting import count, counted

SHOWN = 20
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


def known_table(known: Known) -> Table:
    """Who they are, how they are written to, and how much there is of each kind."""
    shown = table("fact", "value", fold="value")
    shown.show_header = False
    for name, value in _facts(known):
        shown.add_row(cell(name), cell(value))
    return shown


def _facts(known: Known) -> Iterator[tuple[str, str]]:
    for item in known.tables.get("customers", ()):
        yield "customer", str(item["customer_id"])
        for field, name in FIELDS.items():
            if (value := item.get(field)) is not None:
                yield name, YES_NO.get(value, str(value)) if isinstance(value, bool) else str(value)
    for item in known.tables.get("contacts", ()):
        yield "written to", _contact(Contact.model_validate(item))
    for line in described(known.suppressions):
        yield "suppressed", line
    for item in known.tables.get("dispatches", ()):
        yield "email", f"of {item['run_id']}: {_dispatch(item)}"
    for name, items in sorted(known.tables.items()):
        yield f"items of {name}", count(len(items))


def _contact(contact: Contact) -> str:
    times = contact.times
    told = [f"{count(len(times))} {'time' if len(times) == 1 else 'times'}"]
    if times:
        told.append(f"last on {datetime.fromtimestamp(times[0], UTC):%Y-%m-%d}")
    if contact.frequency is not Frequency.ANY:
        told.append(f"wants {contact.frequency} emails")
    if contact.topics_off:
        told.append(f"wants nothing of {', '.join(contact.topics_off)}")
    return "; ".join(told)


def _dispatch(item: Mapping[str, Any]) -> str:
    reason = f": {item['reason']}" if item.get("reason") else ""
    return f"{item['outcome']}{reason}, {str(item['at'])[:16].replace('T', ' ')}"


def found_table(proof: Proof) -> Table:
    """The first places where something is left."""
    shown = table("left in", "key", "by", "", fold="key")
    for each in proof.found[:SHOWN]:
        older = "" if each.is_latest else "older version"
        shown.add_row(cell(each.where), cell(each.name), cell(each.trace), cell(older))
    return shown


def unseen_table(proof: Proof) -> Table:
    """What was not looked into."""
    shown = table("not searched", "number", "why", right=("number",), fold="why")
    for each in proof.unseen:
        named = f" ({', '.join(each.examples[:2])})" if each.examples else ""
        shown.add_row(cell(each.what), cell(count(each.count) if each.count else ""), cell(each.why + named))
    return shown


def verdict(proof: Proof) -> str:
    """Say in one line what was searched and what was found."""
    searched = (
        f"searched {count(proof.items)} items of {count(proof.tables)} tables and {count(proof.versions)} "
        f"versions of {count(proof.objects)} objects"
    )
    if proof.is_clean:
        return f"{searched}: nothing is left of them"
    found = proof.found_places
    return f"{searched}: {counted(found, 'place')} still name{'s' if found == 1 else ''} them"


def more(proof: Proof) -> Sequence[str]:
    """Say how many places are not shown."""
    left = proof.found_places - min(SHOWN, len(proof.found))
    return [f"and {count(left)} more: --json lists them"] if left else []
