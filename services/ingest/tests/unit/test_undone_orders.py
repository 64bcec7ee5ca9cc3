"""Orders that came to nothing: they are no purchase, and whoever has nothing else gets no email."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType

import pytest

from fondly.contracts.records import Customer, Exclusion
from services.ingest.tests.fakes import Bench, csv_lines

FOLDER = "uploads/shop/"
PRODUCTS = [
    {"product_id": f"P{number}", "product_name": f"Kettle {number}", "discounted_price": "12.50"}
    for number in range(1, 4)
]
CUSTOMERS = [{"user_id": each, "marketing_consent": "yes"} for each in ("C1", "C2")]
KEPT = {"order_id": "O9", "user_id": "C1", "product_id": "P3"}
Rows = Sequence[Mapping[str, str]]


async def ingested(orders: Rows, mapping: str = "", more: Mapping[str, Rows] = MappingProxyType({})) -> Bench:
    """A bench that has ingested a set of these files; the set is complete with the last."""
    bench = Bench()
    if mapping:
        await bench.upload(f"{FOLDER}mapping.yaml", mapping.encode())
    for name, rows in {
        **({"orders": orders} if orders else {}),
        **more,
        "products": PRODUCTS,
        "customers": CUSTOMERS,
    }.items():
        names = dict.fromkeys(each for row in rows for each in row)
        await bench.upload(
            f"{FOLDER}{name}.csv", csv_lines([{**dict.fromkeys(names, ""), **row} for row in rows])
        )
    return bench


async def first(bench: Bench) -> Customer:
    """The first customer."""
    return (await bench.stored_customers())[0]


def order(**cells: str) -> dict[str, str]:
    """A line of an order."""
    return {"order_id": "O1", "user_id": "C1", "product_id": "P1", **cells}


LINES: list[tuple[Rows, dict[str, int], dict[str, bool]]] = [
    ([order(status="completed")], {"P1": 1}, {}),
    ([order(status="Storniert")], {}, {"P1": False}),
    ([order(status="remboursé")], {}, {"P1": True}),
    ([order(Status="completed", **{"Payment status": "refunded"})], {}, {"P1": True}),
    ([order(Zahlungsstatus="bezahlt", Lieferstatus="retourniert")], {}, {"P1": True}),
    (
        [order(status="paid", item_status="returned"), order(status="paid", product_id="P2")],
        {"P2": 1},
        {"P1": True},
    ),
    ([order(cancelled_at="2026-06-02")], {}, {"P1": False}),
    ([order(cancelled_at="0000-00-00")], {"P1": 1}, {}),
    ([order(is_refunded="yes")], {}, {"P1": True}),
    ([order(returned="who knows")], {}, {"P1": True}),
    ([order(quantity="3", refunded_quantity="2")], {"P1": 1}, {}),
    ([order(quantity="3", qty_refunded="-2", qty_canceled="1")], {}, {"P1": True}),
    ([order(quantity="2", qty_canceled="2")], {}, {"P1": False}),
    ([order(quantity="2", refunded_at="2026-06-02", refunded_quantity="1")], {"P1": 1}, {}),
    ([order(quantity="2", unit_price="12.50", refund_amount="12.50")], {"P1": 1}, {}),
    ([order(quantity="2", unit_price="12.50", refund_amount="-25.00")], {}, {"P1": True}),
    ([order(quantity="2", unit_price="12.50", refund_amount="0.00")], {"P1": 2}, {}),
    ([order(quantity="0", status="cancelled")], {}, {"P1": False}),
    ([order(quantity="2"), order(quantity="-1")], {"P1": 1}, {}),
    ([order(quantity="2"), order(order_id="R1", quantity="-1")], {"P1": 1}, {"P1": True}),
    ([order(quantity="2"), order(order_id="R1", quantity="-2")], {}, {"P1": True}),
    ([order(quantity="2"), order(order_id="R1", quantity="-2", status="cancelled")], {"P1": 2}, {}),
    ([order(order_id="R1", quantity="-1")], {}, {"P1": True}),
    ([order(status="complete"), order(status="closed", product_id="P2")], {"P1": 1}, {"P2": True}),
]


@pytest.mark.parametrize(("lines", "kept", "undone"), LINES)
async def test_what_was_undone_or_returned_is_no_purchase(
    lines: Rows, kept: dict[str, int], undone: dict[str, bool]
) -> None:
    """What remains counts; what does not is kept apart, with whether it was a return."""
    customer = await first(await ingested([*lines, KEPT]))
    assert {one.product_id: one.quantity for one in customer.purchases} == {**kept, "P3": 1}
    assert {one.product_id: one.is_return for one in customer.undone} == undone
    assert customer.returned == {each for each, is_return in undone.items() if is_return} - kept.keys()


async def test_of_a_partial_refund_the_value_of_the_rest_counts() -> None:
    """Revenue is that of what was kept."""
    bench = await ingested([order(quantity="3", unit_price="12.50", refunded_quantity="2")])
    [purchase] = (await first(bench)).purchases
    assert (purchase.quantity, purchase.value) == (1, Decimal("12.50"))


@pytest.mark.parametrize(
    ("october", "november", "is_kept"), [("paid", "refunded", 0), ("on hold", "paid", 1)]
)
async def test_a_later_file_of_a_set_says_what_became_of_an_order(
    october: str, november: str, is_kept: int
) -> None:
    """Shops export what has changed; of the pieces of a file the last that has it counts."""
    pieces = {"orders-1": [order(status=october), KEPT], "orders-2": [order(status=november)]}
    bench = await ingested((), more=pieces)
    assert len((await first(bench)).purchases) == 1 + is_kept
    assert (await bench.counts())["interactions"] == 1 + is_kept


async def test_lines_that_are_left_out_are_counted_by_cause() -> None:
    """Also those of products that are sold no more, which nobody has to look for."""
    lines = [
        order(order_id=f"O{at}", status=status)
        for at, status in enumerate(("cancelled", "failed", "refunded"))
    ]
    bench = await ingested([*lines, order(order_id="O5", product_id="P9", status="cancelled"), KEPT])
    counts = await bench.counts()
    assert {name: number for name, number in counts.items() if name.startswith("rows_left_out")} == {
        "rows_left_out": 4,
        "rows_left_out_cancelled": 2,
        "rows_left_out_failed": 1,
        "rows_left_out_refunded": 1,
    }
    assert (counts["purchases"], counts["interactions"], counts["rejected_rows"]) == (1, 1, 0)


REVIEW = {"user_id": "C1", "review_id": "R1"}


@pytest.mark.parametrize(
    ("lines", "reviewed", "exclusion"),
    [
        ([order(status="cancelled"), order(order_id="O2", status="refunded")], "", Exclusion.NOTHING_KEPT),
        ([order(status="pending")], "", Exclusion.NOTHING_KEPT),
        ([order(status="refunded")], "P1", Exclusion.NOTHING_KEPT),
        ([order(status="refunded")], "P2", None),
        ([order(status="refunded"), KEPT], "", None),
        ([], "", None),
    ],
)
async def test_whoever_kept_nothing_gets_no_email(
    lines: Rows, reviewed: str, exclusion: Exclusion | None
) -> None:
    """Unless they have reviewed something else, or never ordered at all."""
    others = [order(user_id="C2", order_id="O8", status="paid")]
    reviews = {"reviews": [{**REVIEW, "product_id": reviewed}]} if reviewed else {}
    bench = await ingested([*lines, *others], more=reviews)
    assert (await first(bench)).exclusion == exclusion
    assert (await bench.report()).exclusions == ({exclusion: 1} if exclusion else {})


CODES = [order(status="2"), order(order_id="O2", status="2"), order(order_id="O3", status="5")]


async def test_states_that_nobody_knows_stop_the_run_with_a_question() -> None:
    """It names the values with their numbers, and the line of the mapping that answers it."""
    bench = await ingested(CODES)
    [question] = (await bench.report()).questions
    assert (question.column, question.field, question.values) == ("status", "status", {"2": 2, "5": 1})
    assert question.text == "what does `status` say of an order? values: 2 2, 5 1"
    assert 'values: {status: {"2": "?", "5": "?"}}' in question.remedy
    assert 'or ignore: ["status"]' in question.remedy
    assert question.remedy in ((await bench.run()).reason or "")


@pytest.mark.parametrize(
    ("answer", "bought"),
    [
        ("values: {status: {'5': cancelled, '2': complete}}", {"O1", "O2"}),
        ("ignore: [status]", {"O1", "O2", "O3"}),
    ],
)
async def test_the_mapping_answers_it(answer: str, bought: set[str]) -> None:
    """What the cells mean, or that the column says something else."""
    bench = await ingested(CODES, f"files: {{orders.csv: {{{answer}}}}}")
    assert {one.order_id for one in (await first(bench)).purchases} == bought


async def test_a_state_of_the_union_is_none_of_an_order() -> None:
    """A column that may be of an address counts if most of its texts are known."""
    lines = [order(order_id=f"O{state}", state=state) for state in ("CA", "NY", "OK", "")]
    bench = await ingested(lines)
    assert len((await first(bench)).purchases) == len(lines)


async def test_a_column_of_anything_else_is_not_quoted() -> None:
    """A column of more values than an order has states may name people."""
    bench = await ingested([order(order_id=f"O{at}", status=f"Käthe {at}") for at in range(120)])
    [question] = (await bench.report()).questions
    assert question.values == {}
    assert question.remedy.endswith('ignore: ["status"]')
    assert "values: {" not in question.remedy
    assert "Käthe" not in ((await bench.run()).reason or "")
