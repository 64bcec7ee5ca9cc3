"""What is known of customers, and what a search has found."""

from collections.abc import Iterator

from fondly.cli.tables.declaration import GAP, Column, Columns, Fact, Remark, Shown, Table, sheet
from fondly.operations.customers.facts import facts_of
from fondly.operations.customers.known import Known
from fondly.operations.customers.proof import Place, Proof, Unseen
from fondly.operations.formatting import count

SHOWN = 20
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
    return sheet(facts_of(known))


def proof_sections(proof: Proof) -> Iterator[Shown]:
    """Yield the first places where something is left, what was not looked into, and the verdict."""
    if not proof.is_clean:
        yield GAP
        yield Table(FOUND, proof.found[:SHOWN])
    yield GAP
    yield Table(UNSEEN, proof.unseen)
    if left := proof.found_places - min(SHOWN, len(proof.found)):
        yield Remark(f"and {count(left)} more: --json lists them")
    yield Remark(proof.verdict)


def _examples(unseen: Unseen) -> str:
    return f" ({', '.join(unseen.examples[:2])})" if unseen.examples else ""
