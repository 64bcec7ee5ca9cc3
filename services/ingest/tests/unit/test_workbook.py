import time
import zipfile
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from fondly.ingest.domain.errors import FileError, described
from services.ingest.tests.table_files import read, workbook, written

pytestmark = pytest.mark.usefixtures("reader_threads")
ONE: dict[str, list[list[object]]] = {"Sheet1": [["id", "price"], ["P1", 12.5]]}


def cell(tmp_path: Path, value: Any, number_format: str = "General") -> str:  # noqa: ANN401 - any value of a cell
    """What a cell with this value is read as."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet["A1"] = "name"
    sheet["A2"] = value
    sheet["A2"].number_format = number_format
    book.save(tmp_path / "a.xlsx")
    ((text,),) = read(tmp_path / "a.xlsx").cells
    return text


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        ("007", "General", "007"),
        ("two\nlines", "General", "two\nlines"),
        ("a_x000D_b", "General", "a\rb"),
        (7, "General", "7"),
        (7.0, "0.00", "7"),
        (12.5, "General", "12.5"),
        (1.299, "General", "1.2990"),
        (1299.123, "General", "1299.1230"),
        (0.1 + 0.2, "General", "0.3"),
        (1e-7, "General", "0.0000001"),
        (123456789012345, "General", "123456789012345"),
        (-3, "General", "-3"),
        (True, "General", "true"),
        (False, "General", "false"),
        (date(2024, 1, 2), "yyyy-mm-dd", "2024-01-02"),
        (datetime(2024, 1, 2, 3, 4, 5), "dd.mm.yyyy hh:mm", "2024-01-02T03:04:05"),  # noqa: DTZ001 - Excel has no zones
        (timedelta(hours=30), "[hh]:mm", "108000"),
        (0.15, "0%", "15%"),
        (0.125, "0.0 %", "12.5%"),
        (49.95, "#,##0.00 [$€-407]", "49.95 €"),
        (1299, "[$CHF-807] #,##0.00;[Red]-[$CHF-807] #,##0.00", "1299 CHF"),
        (5, '"$"#,##0.00', "5 $"),
        (5, "#,##0.00\\ [$USD]", "5 USD"),
        (49.9, '"R$" #,##0.00', "49.9 R$"),
        (49.9, "[$R$-416] #,##0.00", "49.9 R$"),
        (49.9, "[$-409]#,##0.00", "49.9"),
        (49.9, '_-"£"* #,##0.00_-;-"£"* #,##0.00_-', "49.9 £"),
        (49.9, '_("$"* #,##0.00_);_("$"* \\(#,##0.00\\)', "49.9 $"),
        (49.9, "#,##0.00\\ [$kr.-406]", "49.9 kr."),
        (49.9, '#,##0.00\\ "zł"', "49.9 zł"),
        (49.9, '"Rs."\\ #,##0.00', "49.9 Rs."),
        (3, '0 "ft"', "3"),
        (123, "00000", "00123"),
    ],
)
def test_a_typed_cell_becomes_a_text_that_can_be_read_in_one_way(
    tmp_path: Path, value: object, number_format: str, text: str
) -> None:
    """Decimals have a point and never three digits; a currency or per cent that is shown is not lost."""
    assert cell(tmp_path, value, number_format) == text


def test_rows_have_their_numbers_and_blank_ones_are_skipped(tmp_path: Path) -> None:
    """Rows are filled up to the width of the header, whose trailing blanks are none."""
    rows: list[list[object]] = [
        ["", None],
        ["id", "name", "", None],
        ["P1"],
        [None, " "],
        [],
        ["P2", "x", None, ""],
        [""],
    ]
    table = read(workbook(tmp_path / "a.xlsx", {"Data": rows}))
    assert table.header == ["id", "name"]
    assert [(record.line, record.cells) for record in table.good] == [
        (3, ["P1", ""]),
        (4, ["", " "]),
        (6, ["P2", "x"]),
    ]
    assert table.good[0].raw == b"P1\t"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("#N/A", "found Excel's error #N/A, expected a value"),
        ("#DIV/0!", "found Excel's error #DIV/0!, expected a value"),
        (12345678901234567, "expected a number of at most 15 digits"),
    ],
)
def test_a_cell_that_cannot_be_read_breaks_its_row_only_if_it_is_needed(
    tmp_path: Path, value: object, reason: str
) -> None:
    """An error in a column that nobody reads does no harm."""
    path = workbook(tmp_path / "a.xlsx", {"Data": [["id", "name"], ["P1", value], ["P2", "x"]]})
    (broken,) = read(path).broken
    assert (broken.line, broken.column) == (2, 1)
    assert reason in described(broken.fault.expected, broken.fault.found)
    assert read(path, only=[0]).cells == [["P1", ""], ["P2", "x"]]


def test_a_value_beyond_the_header_breaks_its_row(tmp_path: Path) -> None:
    """The columns of the other cells may be wrong too."""
    path = workbook(tmp_path / "a.xlsx", {"Data": [["id"], ["P1", "", "x"], ["P2"]]})
    table = read(path)
    assert table.broken[0].fault == ("a value in column 3", "at most 1 column, as in the header")
    assert table.cells == [["P2"]]


def test_only_one_sheet_may_hold_values_unless_one_is_named(tmp_path: Path) -> None:
    """Empty ones do not count."""
    path = workbook(tmp_path / "a.xlsx", {"Notes": [], "Products": ONE["Sheet1"], "Kunden": [["x"], ["y"]]})
    with pytest.raises(FileError, match=r"found values in the sheets 'Products', 'Kunden', expected one"):
        read(path)
    assert read(path, sheet="Kunden").header == ["x"]
    with pytest.raises(
        FileError, match=r"found no sheet 'kunden', which mapping.yaml names; the workbook has 'Notes'"
    ):
        read(path, sheet="kunden")
    assert read(workbook(path, {"Notes": [], **ONE})).cells == [["P1", "12.5"]]
    with pytest.raises(FileError, match="the file is empty"):
        read(workbook(path, {"Notes": []}))


def test_a_cell_far_away_costs_neither_time_nor_memory(tmp_path: Path) -> None:
    """A dense table of its size would have seventeen thousand million cells."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet["A1"], sheet["A2"], sheet["XFD200000"] = "id", "P1", "far"
    book.save(tmp_path / "a.xlsx")
    started = time.process_time()
    table = read(tmp_path / "a.xlsx")
    assert table.cells == [["P1"]]
    assert [(record.line, record.fault.found) for record in table.broken] == [
        (200_000, "a value in column 16,384")
    ]
    assert time.process_time() - started < 5


def test_a_workbook_that_unpacks_to_too_much_is_refused_before_it_is_read(tmp_path: Path) -> None:
    """By the sizes in the archive, beyond which nothing of it is read."""
    path = workbook(tmp_path / "a.xlsx", ONE)
    with pytest.raises(FileError, match="larger than the limit of 1000 bytes"):
        read(path, max_bytes=1000)


def test_damage_is_named(tmp_path: Path) -> None:
    """Whatever is missing or broken in the archive, no exception of a library gets through."""
    path = workbook(tmp_path / "a.xlsx", ONE)
    body = path.read_bytes()
    damaged = [body[:-40], body[:200], body.replace(b"<row", b"<wor"), *_without_parts(path)]
    damaged += [bytes([*body[:at], body[at] ^ 0xFF, *body[at + 1 :]]) for at in range(30, len(body), 97)]
    for each in damaged:
        try:
            read(written(tmp_path / "b.xlsx", each))
        except FileError as error:
            assert str(error)  # noqa: PT017 - not every damage is one that matters


def test_entities_do_not_multiply(tmp_path: Path) -> None:
    """A few lines of XML that stand for a million texts are refused."""
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 50}">' for n in range(1, 8))
    sheet = (
        f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "aaaaaaaaaa">{entities}]><worksheet>&a7;</worksheet>'
    )
    path = workbook(tmp_path / "a.xlsx", ONE)
    bomb = _replaced(path, "xl/worksheets/sheet1.xml", sheet.encode())
    with pytest.raises(FileError):
        read(written(tmp_path / "b.xlsx", bomb))


def _without_parts(path: Path) -> list[bytes]:
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
    return [_replaced(path, name, None) for name in names]


def _replaced(path: Path, name: str, body: bytes | None) -> bytes:
    target = path.with_suffix(".new")
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as changed:
        for part in archive.namelist():
            if part != name:
                changed.writestr(part, archive.read(part))
            elif body is not None:
                changed.writestr(part, body)
    return target.read_bytes()
