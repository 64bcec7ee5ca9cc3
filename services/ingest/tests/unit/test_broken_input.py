"""Broken input of every kind: bad rows are rejected with a reason, or the run fails with one."""

import gzip
import json
from dataclasses import dataclass

import pytest

from fondly.contracts.events import RunFinished
from fondly.runtime.runs.run import RunStatus
from services.ingest.tests.fakes import ROW, Bench, csv_lines, limits, numbered

pytestmark = pytest.mark.usefixtures("reader_threads")
KEY = "uploads/shop.csv"
HEADER, GOOD_LINE = csv_lines([ROW]).splitlines(keepends=True)


def line(**cells: str) -> bytes:
    """A row about product, customer and review 2, with these cells replaced."""
    return csv_lines([numbered(2, **cells)], header=False)


def with_bad(bad: bytes) -> bytes:
    """A file in which `bad` starts on line 3, between two good rows."""
    good = [csv_lines([numbered(number)], header=False) for number in (1, 3)]
    return HEADER + good[0] + bad + good[1]


@dataclass(frozen=True)
class BadRow:
    """A bad row and how the rejects describe it."""

    name: str
    bad: bytes
    column: str | None
    reason: str


BAD_ROWS = [
    BadRow("too-few-cells", b"P2,only,three\n", None, "found 3 cells, expected 16 cells, as in the header"),
    BadRow("too-many-cells", line().rstrip(b"\n") + b",more\n", None, "found 17 cells, expected 16 cells"),
    BadRow("no-product-id", line(product_id=""), "product_id", "found nothing, expected an id"),
    BadRow(
        "blank-product-id", line(product_id=" \u00a0\u200b"), "product_id", "found nothing, expected an id"
    ),
    BadRow("overlong-product-id", line(product_id="P" * 257), "product_id", "an id of at most 256 bytes"),
    BadRow(
        "no-product-name",
        line(product_name=""),
        "product_name",
        "found nothing, expected the name of a product",
    ),
    BadRow(
        "overlong-product-name", line(product_name="n" * 2001), "product_name", "at most 2,000 characters"
    ),
    BadRow("no-user-id", line(user_id=""), "user_id", "expected an id"),
    BadRow("no-review-id", line(review_id=""), "review_id", "expected an id"),
    BadRow("gap-in-user-ids", line(user_id="C2,,C4", review_id="R2,R3,R4"), "user_id", "expected an id"),
    BadRow(
        "lists-of-unequal-length",
        line(user_id="C2,C4"),
        "review_id",
        "found 1 for 2 user ids, expected as many review ids as user ids",
    ),
    BadRow(
        "no-price",
        line(discounted_price="", actual_price=""),
        "discounted_price",
        "found nothing, expected a price",
    ),
    BadRow(
        "unreadable-prices",
        line(discounted_price="ask us", actual_price="-5"),
        "discounted_price",
        "found 'ask us', expected a price: one amount",
    ),
    BadRow(
        "review-of-another",
        line(review_id="R1"),
        "review_id",
        "found 'R1', expected ids of reviews that no other customer has written",
    ),
    BadRow(
        "cyrillic",
        line(user_name="XYZ").replace(b"XYZ", "Иван".encode("cp1251")),
        "user_name",
        "found the byte 0xc8 (not UTF-8), expected text in UTF-8, or its `encoding` in mapping.yaml",
    ),
    BadRow("nul-byte", line(review_title="a\0b"), "review_title", "found a NUL byte"),
    BadRow(
        "unclosed-quote",
        line(product_name="Big").replace(b"Big", b'"Big'),
        None,
        "found text behind a closing quote",
    ),
    BadRow(
        "unclosed-quote-in-last-cell",
        line(product_link="LINK").replace(b"LINK", b'"https://shop.example.com'),
        None,
        "found text behind a closing quote",
    ),
    BadRow(
        "text-after-quote",
        line(product_name="Big").replace(b"Big", b'"Big" one'),
        None,
        "found text behind a closing quote",
    ),
    BadRow(
        "lone-carriage-return",
        line(product_name="Big").replace(b"Big", b"B\rig"),
        None,
        "found a carriage return without a line feed",
    ),
    BadRow(
        "huge-cell",
        line(review_content="word " * 30_000),
        None,
        "found a cell of more than 131,072 characters, expected cells of at most",
    ),
    BadRow(
        "huge-line",
        line(review_content="a," * 600_000),
        None,
        "found a row of more than 1,048,576 bytes, expected rows of at most",
    ),
    BadRow("repeated-header", HEADER, "discounted_price", "found 'discounted_price', expected a price"),
]


@pytest.mark.parametrize("case", BAD_ROWS, ids=lambda case: case.name)
async def test_a_bad_row_is_rejected_with_its_reason_and_affects_no_other(case: BadRow) -> None:
    """The rows around it are published; the reject has its line, column, reason and text."""
    bench = Bench()
    await bench.upload(KEY, with_bad(case.bad))
    assert [product.product_id for product in await bench.stored_products()] == ["P1", "P3"]
    assert [customer.customer_id for customer in await bench.stored_customers()] == ["C1", "C3"]
    (reject,) = await bench.rejects()
    assert (reject.kind, reject.file, reject.line, reject.column) == ("row", KEY, 3, case.column)
    assert case.reason in reject.reason
    assert reject.raw
    assert len(reject.raw) <= 4096
    assert (await bench.counts())["rejected_rows"] == 1


@dataclass(frozen=True)
class BadValue:
    """An unreadable optional value and how the rejects describe it."""

    column: str
    value: str
    reason: str


BAD_VALUES = [
    BadValue("rating", "|", "expected a rating from 0 to 5"),
    BadValue("rating", "7", "expected a rating from 0 to 5"),
    BadValue("rating_count", "many", "expected a whole number from 0"),
    BadValue("rating_count", "-3", "expected a whole number from 0"),
    BadValue("discount_percentage", "150%", "expected a percentage from 0 to 100"),
    BadValue("discounted_price", "399-499", "expected a price: one amount"),
    BadValue("actual_price", "free", "expected a price: one amount"),
    BadValue("actual_price", "₹1", "found '1', expected a list price that is not lower"),
    BadValue("actual_price", "$1,099", "found 'USD', expected a list price in INR"),
    BadValue("img_link", "ftp://images.example.com/1.jpg", "expected an http or https URL"),
    BadValue("product_link", "javascript:alert(1)", "expected an http or https URL"),
    BadValue("product_link", "https://[bad", "expected an http or https URL"),
    BadValue("review_content", "w" * 20_001, "at most 20,000 characters"),
    BadValue("timestamp", "yesterday", "expected a date"),
    BadValue("timestamp", "9999999999", "expected a time from 1995"),
    BadValue("age", "-1", "expected an age from 0 to 130"),
    BadValue("age", "4e1", "expected an age from 0 to 130"),
    BadValue("brand", "b" * 201, "at most 200 characters"),
    BadValue("parent_id", "P" * 257, "an id of at most 256 bytes"),
    BadValue("variant", "v" * 201, "at most 200 characters"),
    BadValue("in_stock", "perhaps", "found 'perhaps', expected in stock or out of stock"),
    BadValue("stock", "plenty", "expected a whole number from 0"),
    BadValue("available_from", "soon", "expected a date"),
    BadValue("email", "asha@", "expected one bare email address"),
    BadValue("email", "asha@example.com\nBcc: all@example.com", "expected one bare email address"),
]


@pytest.mark.parametrize("case", BAD_VALUES, ids=lambda case: f"{case.column}-{case.reason}")
async def test_a_bad_optional_value_is_rejected_and_its_row_kept(case: BadValue) -> None:
    """Only the value is lost, the reject says which and why, and no row counts as rejected."""
    extra = {"timestamp": "1672909124", "age": "40", "email": "asha@example.com"}
    bench = Bench()
    await bench.upload(KEY, csv_lines([{**numbered(1), **extra, case.column: case.value}]))
    assert [customer.customer_id for customer in await bench.stored_customers()] == ["C1"]
    (reject,) = await bench.rejects()
    assert (reject.kind, reject.line, reject.column) == ("value", 2, case.column)
    assert case.reason in reject.reason
    assert (await bench.counts())["rejected_rows"] == 0


@dataclass(frozen=True)
class BadFile:
    """An invalid file and the reason its run fails with."""

    name: str
    body: bytes
    reason: str


GOOD = csv_lines([numbered(1), numbered(2)])
BAD_FILES = [
    BadFile("empty", b"", "the file is empty"),
    BadFile("blank-lines", b"\n\r\n \n", "the file is empty"),
    BadFile("only-bom", b"\xef\xbb\xbf", "the file is empty"),
    BadFile("only-header", HEADER, "found a header without rows, expected at least one row"),
    BadFile(
        "missing-columns",
        csv_lines([{"product_id": "P1", "user_id": "C1"}]),
        "product_name, discounted_price",
    ),
    BadFile("repeated-column", HEADER.rstrip() + b",rating\n", "repeated columns: rating"),
    BadFile("no-header", csv_lines([numbered(1), numbered(2)], header=False), "missing columns"),
    BadFile("json", json.dumps([ROW]).encode(), "not a CSV file: found JSON"),
    BadFile("html", b"<!DOCTYPE html><html></html>", "not a CSV file: found HTML"),
    BadFile("zip", b"PK\x03\x04" + bytes(100), "the workbook is damaged"),
    BadFile("pdf", b"%PDF-1.7\n", "a PDF document"),
    BadFile("picture", b"\x89PNG\r\n\x1a\n", "an image"),
    BadFile("parquet", b"PAR1" + bytes(100), "the Parquet file is damaged"),
    BadFile("binary", bytes(range(256)), "binary"),
    BadFile("utf-16-without-bom", GOOD.decode().encode("utf-16-le"), "UTF-16"),
    BadFile("cyrillic-header", GOOD.replace(b"rating,", "Цена,".encode("cp1251"), 1), "0xd6"),
    BadFile("mac-line-ends", GOOD.replace(b"\n", b"\r"), "carriage return"),
    BadFile("unclosed-header", b'"' + GOOD, "not a CSV file: line 1"),
    BadFile("all-rows-bad", HEADER + b"a,b\nc,d\n", "no usable row: all 2 rows were rejected"),
    BadFile("truncated-gzip", gzip.compress(GOOD * 50)[:-40], "gzip file ends too early"),
    BadFile("damaged-gzip", gzip.compress(GOOD)[:-8] + bytes(8), "gzip file is damaged"),
    BadFile("gzip-in-gzip", gzip.compress(gzip.compress(GOOD)), "compressed twice"),
    BadFile("gzip-bomb", gzip.compress(HEADER + bytes(3_000_000)), "larger than the limit of 2000000 bytes"),
    BadFile("too-large", GOOD + b"x" * 2_000_000, "larger than the limit of 2000000 bytes"),
]


@pytest.mark.parametrize("case", BAD_FILES, ids=lambda case: case.name)
async def test_an_invalid_file_fails_its_run_with_one_reason(case: BadFile) -> None:
    """The ledger and one event give the file and the reason; nothing is sent downstream."""
    bench = Bench(limits(max_bytes=2_000_000))
    await bench.upload(KEY, case.body)
    run = await bench.run()
    assert run.status is RunStatus.FAILED
    assert run.reason is not None
    assert run.reason.startswith(f"{KEY}: ")
    assert case.reason in run.reason
    (finished,) = bench.announcer.of(RunFinished)
    assert isinstance(finished, RunFinished)
    assert (finished.status, finished.reason) == ("failed", run.reason)
    assert bench.parts == []
    assert not bench.products.items


async def test_a_run_without_usable_rows_still_stores_its_rejects() -> None:
    """They explain why the run failed."""
    bench = Bench()
    await bench.upload(KEY, HEADER + b"a,b\nc,d\n")
    assert [reject.line for reject in await bench.rejects()] == [2, 3]


async def test_an_unclosed_quote_at_the_start_of_a_long_file_costs_one_row() -> None:
    """Every row after it is read, although the csv module alone would swallow them all."""
    rows = [numbered(number, about_product=f"one, two {number}") for number in range(1, 400)]
    lines = csv_lines(rows).splitlines(keepends=True)
    lines[1] = lines[1].replace(b"Braided", b'"Braided')
    bench = Bench()
    await bench.upload(KEY, b"".join(lines))
    assert len(await bench.stored_products()) == 398
    assert [reject.line for reject in await bench.rejects()] == [2]


async def test_an_unclosed_quote_at_the_end_of_a_file_is_reported() -> None:
    """The reason says that the quote is never closed."""
    bench = Bench()
    await bench.upload(KEY, csv_lines([numbered(1)]) + b'P2,"Big,no end\n')
    (reject,) = await bench.rejects()
    assert (reject.line, reject.reason) == (
        3,
        "found a quote that is never closed, expected a closing quote, and each quote within a text twice",
    )


async def test_an_undecodable_record_of_several_lines_is_rejected_once_as_a_whole() -> None:
    """Bytes that are not UTF-8 reject one record, however many lines it has."""
    bad = line(review_content="first\nsecond X\nthird").replace(b"X", b"\xff")
    bench = Bench()
    await bench.upload(KEY, with_bad(bad))
    (reject,) = await bench.rejects()
    assert (reject.line, reject.column) == (3, "review_content")
    assert "third" in reject.raw
    assert len(await bench.stored_products()) == 2


async def test_an_upload_deleted_before_it_was_read_fails_its_run() -> None:
    """The reason says so, and uploading the same bytes later starts a new run."""
    bench = Bench()
    await bench.notify(KEY)
    run = await bench.run()
    assert (run.status, run.reason) == (RunStatus.FAILED, f"{KEY}: deleted before it was read")
    await bench.upload(KEY, GOOD)
    assert len(bench.run_ids) == 2
    assert len(bench.parts) == 1
