"""Odd files as shops' programs and people make them: no good row is lost, and messages say what to do."""

import codecs
import gzip
import io
import random
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from fondly.ingest.adapters.tables import open_table
from fondly.ingest.domain.csv_records import MAX_BLANK_LINES
from fondly.ingest.domain.errors import FileError
from services.ingest.tests.table_files import read, workbook, written

pytestmark = pytest.mark.usefixtures("reader_threads")
GOOD = [["P1", "Pen", "1.50"], ["P2", "Ink", "2"]]
HEADER = "product_id,product_name,price"
BODY = f"{HEADER}\nP1,Pen,1.50\nP2,Ink,2\n"


def as_cells(header: str) -> list[str]:
    """The names in a line separated by commas."""
    return header.split(",")


@dataclass(frozen=True)
class Odd:
    """An odd file of which every good row is read, and the lines and reasons of those that are broken."""

    name: str
    body: bytes
    good: list[list[str]]
    broken: tuple[tuple[int, str], ...] = ()
    header: str = HEADER


ODD = [
    Odd("byte-order-mark", codecs.BOM_UTF8 + BODY.encode(), GOOD),
    Odd("byte-order-mark-in-gzip", gzip.compress(codecs.BOM_UTF8 + BODY.encode()), GOOD),
    Odd("gzip-of-two-members", gzip.compress(BODY[:40].encode()) + gzip.compress(BODY[40:].encode()), GOOD),
    Odd("windows-line-ends", BODY.replace("\n", "\r\n").encode(), GOOD),
    Odd("no-line-end-at-the-end", BODY.rstrip().encode(), GOOD),
    Odd("blank-lines-before-the-header", b"\n \n" + BODY.encode(), GOOD),
    Odd("blank-lines-between", BODY.replace("\n", "\n\n  \n").encode(), GOOD),
    Odd("empty-rows-at-the-end", BODY.encode() + b",,\n" * 200, GOOD),
    Odd("semicolons", BODY.replace(",", ";").encode(), GOOD),
    Odd(
        "semicolons-and-decimal-commas",
        b"sku;titel;preis\nP1;Stift;1,50\n",
        [["P1", "Stift", "1,50"]],
        header="sku,titel,preis",
    ),
    Odd("tabs", BODY.replace(",", "\t").encode(), GOOD),
    Odd("vertical-bars", BODY.replace(",", "|").encode(), GOOD),
    Odd("excels-separator-line", b"sep=;\r\n" + BODY.replace(",", ";").encode(), GOOD),
    Odd("excels-separator-line-in-quotes", b'"sep=|"\n' + BODY.replace(",", "|").encode(), GOOD),
    Odd(
        "a-semicolon-in-a-header-cell",
        b"product_id,name;title,price\nP1,a;b,2\n",
        [["P1", "a;b", "2"]],
        header="product_id,name;title,price",
    ),
    Odd(
        "many-semicolons-in-a-quoted-cell",
        b'product_id,"a;b;c;d;e",price\nP1,x,2\n',
        [["P1", "x", "2"]],
        header="product_id,a;b;c;d;e,price",
    ),
    Odd(
        "commas-in-a-header-of-tabs",
        b"sku\ttitle, long\tprice, net, EUR\nP1\ta\t2\n",
        [["P1", "a", "2"]],
        header="sku|title, long|price, net, EUR",
    ),
    Odd(
        "unknown-names-with-semicolons",
        b"foo;bar, baz;qux\n1;2;3\n",
        [["1", "2", "3"]],
        header="foo|bar, baz|qux",
    ),
    Odd(
        "one-column",
        b"email\na@example.com\n\nb@example.com\n",
        [["a@example.com"], ["b@example.com"]],
        header="email",
    ),
    Odd(
        "quotes-and-line-breaks",
        f'{HEADER}\nP1,"say ""hi""\nthere",1\n'.encode(),
        [["P1", 'say "hi"\nthere', "1"]],
    ),
    Odd(
        "quotes-in-tabs-mean-nothing",
        b'sku\ttitle\tprice\nP1\t5" pipe\t1\nP2\t"Big" one\t2\n',
        [["P1", '5" pipe', "1"], ["P2", '"Big" one', "2"]],
        header="sku,title,price",
    ),
    Odd(
        "an-open-quote-in-tabs-swallows-no-row",
        b'sku\ttitle\nP1\t"open\nP2\tclosed"\nP3\tx\n',
        [["P1", '"open'], ["P2", 'closed"'], ["P3", "x"]],
        header="sku,title",
    ),
    Odd("cells-in-quotes-in-tabs", b'sku\ttitle\nP1\t"a, b"\n', [["P1", "a, b"]], header="sku,title"),
    Odd(
        "an-unclosed-quote",
        f'{HEADER}\nP0,"Big,1\nP1,Pen,1.50\nP2,Ink,2\n'.encode(),
        GOOD,
        ((2, "a quote that is never closed"),),
    ),
    Odd(
        "text-after-a-quote",
        f'{HEADER}\nP0,"Big" one,1\n{BODY[len(HEADER) + 1 :]}'.encode(),
        GOOD,
        ((2, "text behind a closing quote"),),
    ),
    Odd(
        "text-after-a-quote-with-semicolons",
        f'{HEADER}\nP0,"Big" one,1\n{BODY[len(HEADER) + 1 :]}'.replace(",", ";").encode(),
        GOOD,
        ((2, "text behind a closing quote"),),
    ),
    Odd(
        "too-few-cells",
        f"{HEADER}\nP0\n{BODY[len(HEADER) + 1 :]}".encode(),
        GOOD,
        ((2, "1 cell"),),
    ),
    Odd("too-many-cells", f"{BODY}P3,Pad,3,4\n".encode(), GOOD, ((4, "4 cells"),)),
    Odd("a-footer", f"{BODY}2 rows exported\n".encode(), GOOD, ((4, "1 cell"),)),
    Odd(
        "latin-1-in-one-row",
        f"{HEADER}\nP0,Caf\u00e9,1\n".encode("latin-1") + BODY[len(HEADER) + 1 :].encode(),
        [["P0", "Café", "1"], *GOOD],
    ),
    Odd("utf-16", BODY.encode("utf-16"), GOOD),
    Odd("utf-32", BODY.encode("utf-32"), GOOD),
    Odd(
        "latin-1-that-is-cut-utf-8",
        f"{HEADER}\nP0,Caf\u00e9".encode()[:-1] + b",1\n" + BODY[len(HEADER) + 1 :].encode(),
        GOOD,
        ((2, "the byte 0xc3 (not UTF-8)"),),
    ),
    Odd(
        "shift-jis-in-one-row",
        f"{HEADER}\nP0,\u5546\u54c1,1\n".encode("shift-jis") + BODY[len(HEADER) + 1 :].encode(),
        GOOD,
        ((2, "the byte 0x8f (not UTF-8)"),),
    ),
    Odd(
        "nul-in-one-row",
        f"{HEADER}\nP0,a\0b,1\n".encode() + BODY[len(HEADER) + 1 :].encode(),
        GOOD,
        ((2, "a NUL byte"),),
    ),
    Odd(
        "carriage-return-in-a-row",
        f"{HEADER}\nP0,a\rb,1\n".encode() + BODY[len(HEADER) + 1 :].encode(),
        GOOD,
        ((2, "a carriage return without a line feed"),),
    ),
    Odd(
        "an-overlong-row",
        f"{HEADER}\nP0,{'x' * 2_000_000},1\n".encode() + BODY[len(HEADER) + 1 :].encode(),
        GOOD,
        ((2, "a row of more than 1,048,576 bytes"),),
    ),
    Odd(
        "an-overlong-cell",
        f"{HEADER}\nP0,{'x' * 200_000},1\n".encode() + BODY[len(HEADER) + 1 :].encode(),
        GOOD,
        ((2, "a cell of more than 131,072 characters"),),
    ),
    Odd("a-repeated-header", (BODY + BODY).encode(), [*GOOD, as_cells(HEADER), *GOOD]),
    Odd(
        "right-to-left-and-emoji",
        f"{HEADER}\nP1,\u05e2\u05d8 \U0001f58a\ufe0f,1\n".encode(),
        [["P1", "\u05e2\u05d8 \U0001f58a\ufe0f", "1"]],
    ),
    Odd(
        "line-separators-are-text",
        f"{HEADER}\nP1,a\u2028b\u0085c,1\n".encode(),
        [["P1", "a\u2028b\u0085c", "1"]],
    ),
    Odd("formulas-are-text", f"{HEADER}\nP1,=1+1,-2\n".encode(), [["P1", "=1+1", "-2"]]),
    Odd(
        "a-wide-header",
        (",".join(f"c{n}" for n in range(1500)) + "\n" + ",".join("1" * 1500) + "\n").encode(),
        [["1"] * 1500],
        header=",".join(f"c{n}" for n in range(1500)),
    ),
]


@pytest.mark.parametrize("case", ODD, ids=lambda case: case.name)
def test_an_odd_file_loses_no_good_row(case: Odd, tmp_path: Path) -> None:
    """What is broken is named with its line."""
    table = read(written(tmp_path / "file", case.body))
    separator = "|" if "|" in case.header else ","
    assert table.header == case.header.split(separator)
    assert table.cells == case.good
    assert [(record.line, record.fault.found) for record in table.broken] == list(case.broken)


def zipped(*names: str) -> bytes:
    """A zip archive with these entries."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return body.getvalue()


@dataclass(frozen=True)
class Refused:
    """A file that cannot be read, and what is said about it."""

    name: str
    body: bytes
    reason: str


REFUSED = [
    Refused("empty", b"", "the file is empty"),
    Refused("blank", b" \n\r\n\t\n", "the file is empty"),
    Refused("only-a-mark", codecs.BOM_UTF8, "the file is empty"),
    Refused("only-empty-cells", b",,\n,,\n", "the file is empty"),
    Refused("empty-in-gzip", gzip.compress(b""), "the file is empty"),
    Refused("truncated-gzip", gzip.compress(BODY.encode() * 50)[:-20], "gzip file ends too early"),
    Refused("damaged-gzip", gzip.compress(BODY.encode())[:-8] + bytes(8), "gzip file is damaged"),
    Refused("utf-16-without-mark", BODY.encode("utf-16-le"), "binary, or encoded as UTF-16"),
    Refused(
        "cyrillic-header",
        "Цена,sku\n1,2\n".encode("cp1251"),
        "line 1: found the byte 0xd6 (not UTF-8), expected text in UTF-8, or its `encoding` in mapping.yaml",
    ),
    Refused(
        "carriage-returns-only",
        BODY.replace("\n", "\r").encode(),
        "line 1: found carriage returns alone at the ends of lines, expected line feeds",
    ),
    Refused("json", b'[{"a": 1}]', "found JSON, expected CSV, XLSX or Parquet: export the table as CSV"),
    Refused("html", b"\xef\xbb\xbf\n<!doctype html>", "found HTML or XML, expected"),
    Refused("pdf", b"%PDF-1.7\n", "found a PDF document, expected"),
    Refused(
        "xls",
        b"\xd0\xcf\x11\xe0" + bytes(600),
        "an old Excel workbook (.xls), or one with a password, expected CSV, XLSX or Parquet: save it",
    ),
    Refused(
        "xlsb",
        zipped("xl/workbook.bin"),
        "a binary Excel workbook (.xlsb), expected CSV, XLSX or Parquet: save it in Excel as .xlsx",
    ),
    Refused(
        "numbers",
        zipped("Index/Document.iwa"),
        "a Numbers document, expected CSV, XLSX or Parquet: export it from Numbers as CSV",
    ),
    Refused("ods", zipped("mimetype", "content.xml"), "an OpenDocument file (.ods), expected"),
    Refused("docx", zipped("word/document.xml"), "a Word document, expected"),
    Refused(
        "zip",
        zipped("products.csv"),
        "a zip archive, expected CSV, XLSX or Parquet: unpack it and upload the file inside",
    ),
    Refused("broken-zip", zipped("products.csv")[:-30], "the workbook is damaged"),
    Refused(
        "workbook-in-gzip",
        gzip.compress(zipped("xl/workbook.xml")),
        "inside gzip, expected CSV, XLSX or Parquet: upload it without gzip",
    ),
    Refused("parquet-in-gzip", gzip.compress(b"PAR1" + bytes(99)), "a Parquet file inside gzip"),
    Refused("gzip-twice", gzip.compress(gzip.compress(BODY.encode())), "gzip compressed twice"),
    Refused("truncated-parquet", b"PAR1" + bytes(99), "the Parquet file is damaged"),
    Refused("zstd", b"\x28\xb5\x2f\xfd" + bytes(99), "a zstd archive"),
    Refused(
        "arrow",
        b"ARROW1\0\0" + bytes(99),
        "an Arrow file, expected CSV, XLSX or Parquet: write it as Parquet",
    ),
    Refused("unclosed-quote-in-header", b'a,"b\n1,2\n', "line 1: found a quote that is never closed"),
    Refused(
        "gzip-bomb", gzip.compress(BODY.encode() + bytes(3_000_000)), "larger than the limit of 2000000 bytes"
    ),
]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
def test_a_file_that_cannot_be_read_is_refused_with_what_to_do(case: Refused, tmp_path: Path) -> None:
    """The reason names what was found and what is expected."""
    with pytest.raises(FileError) as caught:
        read(written(tmp_path / "file", case.body), max_bytes=2_000_000)
    assert case.reason in str(caught.value)


@pytest.mark.parametrize("wrap", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_millions_of_blank_lines_are_refused_early(wrap: Callable[[bytes], bytes], tmp_path: Path) -> None:
    """Twenty kilobytes of gzip hold twenty million of them."""
    path = written(tmp_path / "file", wrap(BODY.encode() + b"\n" * 20_000_000))
    started = time.process_time()
    with pytest.raises(
        FileError, match=f"line {MAX_BLANK_LINES + 4}: more than {MAX_BLANK_LINES} blank lines"
    ):
        read(path)
    assert time.process_time() - started < 1


class CancelError(Exception):
    """Somebody no longer wants the file."""


@pytest.mark.parametrize("wrap", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_reading_can_be_cancelled_by_bytes(wrap: Callable[[bytes], bytes], tmp_path: Path) -> None:
    """Also before a row has been found: the check is called at every read."""
    path = written(tmp_path / "file", wrap(BODY.encode() + (b"\n" * 50_000 + b"P3,Pad,3\n") * 100))
    calls = iter(range(5))

    def check() -> None:
        if next(calls, None) is None:
            raise CancelError

    with pytest.raises(CancelError):
        read(path, check=check)


def test_progress_is_told_in_bytes_of_the_file_on_disk(tmp_path: Path) -> None:
    """It grows to the size of the file, compressed or not."""
    noise = random.Random(7).randbytes(3_000_000).hex()  # noqa: S311 - text that does not compress, not a secret
    body = "\n".join([HEADER, *(f"P1,{noise[at : at + 20]},1" for at in range(0, len(noise), 20))]).encode()
    for path in (written(tmp_path / "a.csv", body), written(tmp_path / "a.csv.gz", gzip.compress(body))):
        with open_table(path, max_bytes=10**9) as table:
            table.header()
            seen = [table.bytes_read for at, _ in enumerate(table) if at % 50_000 == 0]
            assert seen == sorted(seen)
            assert len(set(seen)) > 2
            assert table.bytes_read == path.stat().st_size


def test_a_file_is_what_it_holds_not_what_it_is_called(tmp_path: Path) -> None:
    """A workbook named `.csv` is a workbook, and text named `.xlsx` is text."""
    path = workbook(tmp_path / "products.csv", {"Data": [["id"], ["P1"]]})
    assert read(path).cells == [["P1"]]
    assert read(written(tmp_path / "a.xlsx", BODY.encode())).cells == GOOD
