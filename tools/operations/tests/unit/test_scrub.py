"""What an object of a run is without some customers."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondly.operations.customers.gone import Gone
from fondly.operations.customers.scrub import is_told, scrubbed

IDS = st.sampled_from(["A1", "A10", "B,2", 'C"3', "Ünal"])


def gone(*customer_ids: str) -> Gone:
    """Customers of whom nothing else is known."""
    return Gone(frozenset(customer_ids))


@given(st.lists(st.tuples(IDS, st.text(max_size=20))), st.sets(IDS))
def test_lines_of_the_others_stay_byte_for_byte(rows: list[tuple[str, str]], ids: set[str]) -> None:
    """In order, however many there are; an object without a line of theirs is left alone."""
    line = {row: (json.dumps({"customer_id": row[0], "text": row[1]}) + "\n").encode() for row in rows}
    body = b"".join(line[row] for row in rows)
    kept = b"".join(line[row] for row in rows if row[0] not in ids)
    assert scrubbed("runs/r/customers/part-00001.jsonl", body, gone(*ids)) == (None if kept == body else kept)


@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("runs/r/personalize/input/part-00001.json", b'{"userId": "CUST-1"}'),
        ("runs/r/personalize/output/part-00001.json.out", b'{"input": {"userId": "CUST-1"}, "output": null}'),
        ("runs/r/personalize/users/part-00001.csv", b'CUST-1,"25-34",x'),
        ("runs/r/rejects.jsonl", b'{"raw": "P1;CUST-1;x", "line": 3}'),
    ],
)
def test_each_kind_of_object_says_whose_a_line_is(key: str, line: bytes) -> None:
    """The same letters within a longer id are another's."""
    header = b"USER_ID,AGE_GROUP,ACTIVITY\n" if key.endswith(".csv") else b""
    other = line.replace(b"CUST-1", b"CUST-10") + b"\n"
    assert scrubbed(key, header + line + b"\n" + other, gone("CUST-1")) == header + other


def test_a_quoted_row_goes_for_a_name_or_an_address() -> None:
    """Rejected rows say what was in them, as they were."""
    who = Gone(frozenset({"C-1"}), names={"Zoë O'Neil"}, emails={"zoe@shop.example"})
    rows = [{"raw": 'x;"zoë o\'neil";y'}, {"raw": "a,ZOE@shop.example"}, {"raw": "zoey@shop.example"}]
    body = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
    assert scrubbed("runs/r/rejects.jsonl", body, who) == json.dumps(rows[2]).encode() + b"\n"


def test_examples_in_reports_are_replaced() -> None:
    """A report stays, without who it quotes."""
    body = json.dumps({"rejects": [{"found": "'zoe@shop.example'", "count": 3}], "rows": 7}).encode()
    left = scrubbed("runs/r/ingest.json", body, Gone(frozenset(), emails={"zoe@shop.example"}))
    assert left is not None
    assert json.loads(left) == {"rejects": [{"found": "'(erased)'", "count": 3}], "rows": 7}


@given(st.binary(max_size=200))
def test_no_bytes_break_it(body: bytes) -> None:
    """What is no record stays as it is."""
    for key in ("runs/r/x.jsonl", "runs/r/x.csv", "runs/r/ingest.json"):
        assert scrubbed(key, body, gone("nobody-at-all")) is None


def test_counts_say_nothing_of_anybody() -> None:
    """They are not even read."""
    assert not is_told("runs/r/learned/links.npz")
    assert is_told("runs/r/learned/others/part-00001.jsonl")
