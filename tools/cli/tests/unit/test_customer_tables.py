"""What people see of what is known of customers, and of what a search has found."""

from datetime import UTC, datetime

import pytest
from rich.console import Console

from fondly.cli.customers.tables import found_table, known_table, more, unseen_table, verdict
from fondly.contracts.consent import Suppression, address_entry
from fondly.contracts.delivery import NotSent
from fondly.operations.customers.known import Known
from fondly.operations.customers.proof import SHOWN, Findings, Place, Proof, Unseen
from fondly.operations.customers.traces import Trace
from tools.cli.tests.screens import Show, assert_nothing_is_broken, compare, in_pipe, on_terminal

AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
RUN = "run-0123456789abcdef"
KNOWN = Known(
    customer_ids=["C-1001"],
    tables={
        "customers": [
            {
                "customer_id": "C-1001",
                "name": "Zoë [bold]O'Neil",
                "email": "zoe@shop.example",
                "age": 34,
                "marketing_consent": True,
                "language": "de",
                "time_zone": "Europe/Berlin",
            }
        ],
        "contacts": [
            {
                "customer_id": "C-1001",
                "times": [1_763_633_400, 1_763_033_400],
                "frequency": "weekly",
                "topics_off": ["Toys", "Books"],
            }
        ],
        "dispatches": [
            {"run_id": RUN, "outcome": "suppressed", "reason": "unsubscribed", "at": "2026-11-20T09:30:00Z"}
        ],
        "recommendations": [{}] * 5,
    },
    suppressions=[
        Suppression(
            entry=address_entry("zoe@shop.example"),
            reason=NotSent.UNSUBSCRIBED,
            source=RUN,
            at=AT,
            subject="zoe@shop.example",
        )
    ],
)
PROOF = Proof(
    tables=18,
    items=123_456,
    objects=9_000,
    versions=12_000,
    found_places=3,
    found=[
        Place(where="objects", name="uploads/2026/customers-of-the-whole-year.csv", trace=Trace.ID),
        Place(where="objects", name="uploads/customers.csv", is_latest=False, trace=Trace.ADDRESS),
        Place(where="customers", name="C-1001", trace=Trace.ID),
    ],
    unseen=[
        Unseen(what="uploads/…", why="damaged, or cut off", examples=["uploads/old.xls"]),
        Unseen(what="messages of fondly-prod-feedback", count=12, why="they cannot be looked into " * 3),
        Unseen(what="Personalize", count=0, why="it shows no users"),
    ],
)


def known(screen: Console) -> None:
    """Who somebody is, and whether they are written to."""
    screen.print(known_table(KNOWN))


def proof(screen: Console) -> None:
    """What is left, and what was not looked into."""
    screen.print(found_table(PROOF))
    screen.print(unseen_table(PROOF))


@pytest.mark.parametrize("show", [known, proof])
def test_tables_look_as_they_did(show: Show, capsys: pytest.CaptureFixture[str]) -> None:
    """On a terminal of 80 columns, and in a pipe."""
    compare(__file__, f"customer_{show.__name__}-80", on_terminal(show))
    compare(__file__, f"customer_{show.__name__}-pipe", in_pipe(show, capsys))


def test_no_id_or_figure_is_broken(capsys: pytest.CaptureFixture[str]) -> None:
    """They are copied from the screen."""
    assert_nothing_is_broken(known, capsys)


def test_the_verdict_says_what_was_searched() -> None:
    """And whether anything is left; a clean search of nothing says so, too."""
    searched = "searched 123,456 items of 18 tables and 12,000 versions of 9,000 objects"
    assert verdict(PROOF) == f"{searched}: 3 places still name them"
    clean = PROOF.model_copy(update={"found_places": 0, "found": []})
    assert verdict(clean) == f"{searched}: nothing is left of them"
    assert more(PROOF) == []


def test_of_very_many_places_the_first_are_listed_and_all_are_counted() -> None:
    """A search for somebody in a million versions must not fill the memory."""
    findings = Findings()
    for number in range(SHOWN + 7):
        findings.found(Place(where="objects", name=f"runs/{number:05}", trace=Trace.ID))
    for number in range(3):
        findings.unseen("uploads/…", "damaged", example=f"uploads/{number}")
    found = findings.closed()
    assert (len(found.found), found.found_places, found.is_clean) == (SHOWN, SHOWN + 7, False)
    assert more(found) == ["and 987 more: --json lists them"]
    assert [(each.count, len(each.examples)) for each in found.unseen] == [(3, 3)]
