"""What shows that something is about somebody, however it is written."""

import json
from decimal import Decimal
from html import escape
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fondly.contracts.file_names import file_name
from fondly.contracts.tokens import UNSUBSCRIBE, sign
from fondly.operations.customers.traces import Trace, Traces, Whose, is_telling

IDS = st.text(min_size=4, max_size=20).filter(
    lambda text: is_telling(text) and text[0].isalnum() and text[-1].isalnum() and "\\" not in text
)


def of(*ids: str, addresses: tuple[str, ...] = ()) -> Traces:
    """Traces of customers."""
    return Traces(frozenset(ids), frozenset(addresses))


def found(traces: Traces, text: str) -> bool:
    """Whether both looks, the quick one and the close one, find something in a line."""
    line = text.encode("utf-8", "surrogatepass")
    close = traces.in_line(line) is not None
    assert traces.may_be_in(line) or not close, "the quick look must not miss what the close one finds"
    return close


@given(IDS)
@example('Jö"rg')
def test_an_id_is_found_however_it_is_written(customer_id: str) -> None:
    """As JSON, with and without escapes, within JSON within JSON, in HTML, in links and in names of files."""
    traces = of(customer_id)
    written = [
        json.dumps({"x": customer_id}),
        json.dumps({"x": customer_id}, ensure_ascii=False),
        json.dumps({"x": json.dumps({"y": [customer_id]})}),
        f"failed: {json.dumps([customer_id], ensure_ascii=False)}",
        json.dumps({customer_id: 1}),
        f"<td>{escape(customer_id)}</td>",
        f"https://shop.example/?c={quote(customer_id, safe='')}&x=1",
        f"https://shop.example/u?t={sign(b'key', UNSUBSCRIBE, customer_id)}",
        f"runs/run-1/emails/{file_name(customer_id)}.eml",
    ]
    assert [text for text in written if not found(traces, text)] == []


@pytest.mark.parametrize(
    "text",
    [
        "CUST-77310",
        "XCUST-7731",
        "CUST-7731-2",
        "OLD-CUST-7731",
        '{"customer_id": "CUST-77310"}',
        "cust-7731",
        "CUST_7731",
    ],
)
def test_a_longer_id_is_anothers(text: str) -> None:
    """As is one in other case: ids are told apart by it."""
    assert not found(of("CUST-7731"), text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("To: <zoe@shop.example>", True),
        ("ZOE@Shop.Example", True),
        ("a=zoe@shop.example;", True),
        ('{"text": "Write to me.\\nzoe@shop.example"}', True),
        ("mailto:zoe%40shop.example", True),
        ("zoe@shop.example.com", False),
        ("chloe.zoe@shop.example", False),
        ("dear-zoe@shop.example", False),
        ("zoe@shop.examples", False),
    ],
)
def test_an_address_is_found_in_any_case(text: str, *, expected: bool) -> None:
    """But not within another one."""
    assert found(of(addresses=("Zoe@shop.example",)), text) is expected


def test_a_domain_is_found_as_mail_servers_write_it() -> None:
    """In Punycode, and in the code page of Windows."""
    traces = of(addresses=("zoe@bücher.example",))
    assert found(traces, "To: zoe@xn--bcher-kva.example")
    assert traces.may_be_in("x;zoe@BÜCHER.example".encode("cp1252"))
    assert traces.in_line("x;zoe@BÜCHER.example".encode("cp1252")) == (Trace.ADDRESS, Whose.THEIRS)


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({"customer_id": "42"}, True),
        ({"userId": "42"}, True),
        ({"customer_id": 42}, True),
        ({"customer_id": Decimal(42)}, True),
        ({"price": "42", "line": 42, "product_id": "42", "text": "42 of 42"}, False),
        ({"customer_id": "421"}, False),
    ],
)
def test_a_short_id_is_found_only_where_ids_stand(record: dict[str, Any], *, expected: bool) -> None:
    """Elsewhere it is a price, a line, a product; and the answer says that it was not looked for there."""
    traces = of("42")
    assert (traces.in_record(record) is not None) is expected
    assert traces.short_ids == {"42"}
    assert traces.in_text("42") is None


def test_a_long_number_is_an_id_wherever_it_stands() -> None:
    """Such as those of Shopify, also where a workbook has it as a number."""
    traces = of("6012345678901")
    assert traces.in_record({"x": 6012345678901}) == (Trace.ID, Whose.THEIRS)
    assert found(traces, "a;6012345678901;b")
    assert not traces.short_ids


def test_a_record_of_another_customer_with_the_same_address_is_theirs() -> None:
    """It is told apart by whose it says that it is; a record that says both is about the one who is meant."""
    traces = of("C-1001", addresses=("family@home.example",))
    others = {"customer_id": "C-2", "email": "Family@home.example"}
    assert traces.in_record(others) == (Trace.ADDRESS, Whose.OTHERS)
    assert traces.in_record({"email": "family@home.example"}) == (Trace.ADDRESS, Whose.THEIRS)
    assert traces.in_record({**others, "referred_by": "C-1001"}) == (Trace.ID, Whose.THEIRS)


@given(st.binary(max_size=300))
def test_no_bytes_break_it(line: bytes) -> None:
    """Nobody is found in noise."""
    traces = of("CUST-7731-ü", addresses=("zoe@shop.example",))
    assert traces.may_be_in(line) or traces.in_line(line) is None
