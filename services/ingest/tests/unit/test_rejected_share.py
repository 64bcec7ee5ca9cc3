"""A file of which too much is rejected fails its run before anything is paid."""

from fondly.runtime.runs.run import RunStatus
from services.ingest.tests.fakes import Bench, csv_lines, limits, numbered

KEY = "uploads/shop.csv"


def rows(good: int, *bad: dict[str, str]) -> bytes:
    """Good rows, then bad ones."""
    return csv_lines([*map(numbered, range(1, good + 1)), *bad])


def bad(number: int, **cells: str) -> dict[str, str]:
    """A row that cannot be used."""
    return numbered(1_000 + number, **(cells or {"discounted_price": "ask us", "actual_price": ""}))


async def test_beyond_the_limit_the_run_fails_and_names_the_commonest_reasons() -> None:
    """Each of the three commonest with its count and an example; no part is announced."""
    bench = Bench(limits(max_rejected_share=0.05))
    faults = [
        *[bad(number) for number in range(4)],
        *[bad(number, user_id="") for number in range(10, 13)],
        *[bad(number, product_name="") for number in range(20, 22)],
        bad(30, review_id=""),
    ]
    await bench.upload(KEY, rows(100, *faults))
    run = await bench.run()
    assert run.status is RunStatus.FAILED
    reason = run.reason or ""
    assert reason.startswith(f"{KEY}: 10 of 110 rows were rejected (9.1%), expected at most 5.0%: ")
    assert "4x discounted_price: expected a price" in reason
    assert "(line 102: 'ask us')" in reason
    assert "3x user_id: " in reason
    assert "2x product_name: " in reason
    assert "review_id" not in reason
    assert bench.parts == []
    assert len(await bench.rejects()) == 10


async def test_up_to_the_limit_the_good_rows_are_kept() -> None:
    """Five of a hundred may be bad."""
    bench = Bench(limits(max_rejected_share=0.05))
    await bench.upload(KEY, rows(95, *map(bad, range(5))))
    assert len(await bench.stored_customers()) == 95


async def test_a_slip_or_two_in_a_small_file_fails_nothing() -> None:
    """One bad row of three says nothing about the file; the other two are somebody's."""
    bench = Bench(limits(max_rejected_share=0.05))
    await bench.upload(KEY, rows(2, bad(1)))
    assert len(await bench.stored_customers()) == 2


async def test_the_report_says_why_it_failed_and_counts_every_reason() -> None:
    """What is shown of the run comes from here."""
    bench = Bench(limits(max_rejected_share=0.05))
    await bench.upload(KEY, rows(1, *map(bad, range(9))))
    report = await bench.report()
    assert report.failed is not None
    assert report.rejected_share == 0.9
    (reason,) = report.rejects
    assert (reason.count, reason.column, reason.line, reason.found) == (9, "discounted_price", 3, "'ask us'")


async def test_each_file_of_a_set_is_judged_by_its_own_reasons() -> None:
    """The same fault in another file is counted there."""
    bench = Bench(limits(max_rejected_share=0.05))
    products = [{"product_id": f"P{at}", "product_name": "Mug", "price": "4"} for at in range(50)]
    nameless = {"product_id": "", "product_name": "Mug", "price": "4"}
    await bench.upload("uploads/a/products.csv", csv_lines([*products, nameless]))
    await bench.upload("uploads/a/customers.csv", csv_lines([{"user_id": "C1"}]))
    orders = [{"order_id": f"O{at}", "user_id": "C1", "product_id": ""} for at in range(3)]
    await bench.upload("uploads/a/orders.csv", csv_lines(orders))
    reason = (await bench.run()).reason or ""
    assert reason.startswith("uploads/a/orders.csv: no usable row: all 3 rows were rejected: 3x product_id")
    assert "(line 2: nothing)" in reason
