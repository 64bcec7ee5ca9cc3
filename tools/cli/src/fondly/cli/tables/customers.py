"""What is known of customers, and what a search has found."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from fondly.cli.tables.declaration import GAP, Column, Columns, Fact, Remark, Shown, Table, sheet
from fondly.contracts.consent import Contact, Frequency
from fondly.operations.customers.consent import described
from fondly.operations.customers.known import Known
from fondly.operations.customers.proof import Place, Proof, Unseen
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
FOUND: Columns[Place] = (
    Column("left in", lambda place: place.where),
    Column("key", lambda place: place.name, fold=True),
    Column("by", lambda place: place.trace),
    Column("", lambda place: "" if place.is_latest else "older version"),
)
UNSEEN: Columns[Unseen] = (
    Column("not searched", lambda each: each.what),
    Column("number", lambda each: each.count or "", right=True),
    Column("why", lambda each: each.why + _examples(each), fold=True),
)


def known_facts(known: Known) -> Table[Fact]:
    """Who they are, how they are written to, and how much there is of each kind."""
    return sheet(_facts(known))


def proof_sections(proof: Proof) -> Iterator[Shown]:
    """Yield the first places where something is left, what was not looked into, and the verdict."""
    if not proof.is_clean:
        yield GAP
        yield Table(FOUND, proof.found[:SHOWN])
    yield GAP
    yield Table(UNSEEN, proof.unseen)
    if left := proof.found_places - min(SHOWN, len(proof.found)):
        yield Remark(f"and {count(left)} more: --json lists them")
    yield Remark(_verdict(proof))


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
    told = [counted(len(times), "time")]
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


def _examples(unseen: Unseen) -> str:
    return f" ({', '.join(unseen.examples[:2])})" if unseen.examples else ""


def _verdict(proof: Proof) -> str:
    """Say in one line what was searched and what was found."""
    searched = (
        f"searched {count(proof.items)} items of {count(proof.tables)} tables and {count(proof.versions)} "
        f"versions of {count(proof.objects)} objects"
    )
    if proof.is_clean:
        return f"{searched}: nothing is left of them"
    found = proof.found_places
    return f"{searched}: {counted(found, 'place')} still name{'s' if found == 1 else ''} them"
