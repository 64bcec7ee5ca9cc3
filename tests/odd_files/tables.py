"""Workbooks and Parquet files."""

import io
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from arro3.core import Array, DataType, Table
from arro3.io import write_parquet
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.odd_files.case import Case, Failed, Read, Refused, case
from tests.odd_files.cells import renamed
from tests.odd_files.shop import Row, published, row, rows

Cell = str | float | datetime | bool | None
WHOLE = published(1, 2, 3)
SECOND_OF_JANUARY = 1_704_153_600


def _workbook(change: Callable[[Worksheet], None], content: Sequence[Row] = (), *, sheets: int = 1) -> bytes:
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    shown = content or rows(1, 2, 3)
    sheet.append(list(shown[0]))
    for each in shown:
        sheet.append(list(each.values()))
    for number in range(1, sheets):
        book.create_sheet(f"Sheet {number + 1}")
    change(sheet)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _at(sheet: Worksheet, name: str, line: int, value: Cell) -> None:
    column = next(each for each in range(1, sheet.max_column + 1) if sheet.cell(1, each).value == name)
    sheet.cell(line, column).value = value


def _with(name: str, cells: Mapping[str, Cell], expected: Read, *others: Read, extra: str = "") -> Case:
    """A workbook with typed cells on line 3."""

    def change(sheet: Worksheet) -> None:
        for column, value in cells.items():
            _at(sheet, column, 3, value)

    content = [row(number, **({extra: ""} if extra else {})) for number in (1, 2, 3)]
    return case(name, _workbook(change, content), expected, *others, file="shop.xlsx")


def _in_book(
    name: str, change: Callable[[Worksheet], None], *allowed: Read | Failed, sheets: int = 1
) -> Case:
    return case(name, _workbook(change, sheets=sheets), *allowed, file="shop.xlsx")


def _clear(sheet: Worksheet) -> None:
    sheet.delete_rows(1, sheet.max_row)


def _parquet(columns: Mapping[str, Array]) -> bytes:
    stream = io.BytesIO()
    write_parquet(Table.from_pydict(dict(columns)), stream)
    return stream.getvalue()


def _texts(content: Sequence[Row]) -> dict[str, Array]:
    return {name: Array([each[name] or None for each in content], DataType.string()) for name in content[0]}


def _priced(amount: str) -> Read:
    return published(1, 2, 3, changes={"P2": {"price": Decimal(amount)}})


def _dated(*, at: int | None, refused: Sequence[Refused] = ()) -> Read:
    return published(1, 2, 3, changes={"R2": {"timestamp": at}}, refused=refused)


PLAIN = _texts(rows(1, 2, 3))
MICROSECONDS = Array([None, SECOND_OF_JANUARY * 1_000_000, None], DataType.int64())
MOMENT = MICROSECONDS.cast(DataType.timestamp("us", tz="UTC"))
ERROR = Refused(line=3, column="discounted_price", file="shop.xlsx")
CASES = (
    _in_book("workbook", lambda _: None, WHOLE),
    case("workbook-called-csv", _workbook(lambda _: None), WHOLE),
    _in_book("workbook-with-an-empty-second-sheet", lambda _: None, WHOLE, sheets=2),
    _in_book(
        "workbook-with-blank-rows-on-top",
        lambda sheet: sheet.insert_rows(1, 2),
        WHOLE,
        Failed(words=("product_id",), file="shop.xlsx"),
    ),
    _in_book("workbook-with-blank-rows-between", lambda sheet: sheet.insert_rows(3, 2), WHOLE),
    _in_book("workbook-of-nothing", _clear, Failed(words=("empty",), file="shop.xlsx")),
    _in_book(
        "workbook-of-a-header",
        lambda sheet: sheet.delete_rows(2, 3),
        Failed(words=("rows",), file="shop.xlsx"),
    ),
    _with("workbook-number-for-an-id", {"product_id": 1001}, renamed("1001")),
    _with("workbook-text-with-zeros-for-an-id", {"product_id": "00012"}, renamed("00012")),
    _with("workbook-long-number-for-an-id", {"product_id": 4006381333931}, renamed("4006381333931")),
    _with("workbook-number-for-a-price", {"discounted_price": 49.95}, _priced("49.95")),
    _with(
        "workbook-unclean-float-for-a-price", {"discounted_price": 0.1 + 0.2}, _priced("0.30"), _priced("0.3")
    ),
    _with("workbook-whole-float-for-a-price", {"discounted_price": 1299.0}, _priced("1299")),
    _with(
        "workbook-date", {"timestamp": datetime(2024, 1, 2)}, _dated(at=SECOND_OF_JANUARY), extra="timestamp"
    ),
    _with(
        "workbook-boolean",
        {"in_stock": False},
        published(1, 2, 3, changes={"P2": {"in_stock": False}}),
        extra="in_stock",
    ),
    _with("workbook-error-for-a-price", {"discounted_price": "#REF!"}, published(1, 3, refused=[ERROR])),
    _with("workbook-line-end-in-a-cell", {"product_name": "Cable\n2"}, WHOLE),
    case(
        "workbook-cut-off",
        _workbook(lambda _: None)[:-200],
        Failed(words=("shop.xlsx",), file="shop.xlsx"),
        file="shop.xlsx",
    ),
    case("parquet", _parquet(PLAIN), WHOLE, file="shop.parquet"),
    case("parquet-called-csv", _parquet(PLAIN), WHOLE),
    case(
        "parquet-float-for-a-price",
        _parquet({**PLAIN, "discounted_price": Array([399.0, 49.95, 399.0], DataType.float64())}),
        _priced("49.95"),
        file="shop.parquet",
    ),
    case(
        "parquet-numbers-for-ids",
        _parquet({**PLAIN, "user_id": Array([1, 2, 3], DataType.int64())}),
        published(
            1,
            2,
            3,
            changes={f"C{n}": {"id": str(n)} for n in (1, 2, 3)}
            | {f"R{n}": {"customer_id": str(n)} for n in (1, 2, 3)},
        ),
        file="shop.parquet",
    ),
    case(
        "parquet-time",
        _parquet({**PLAIN, "timestamp": MOMENT}),
        _dated(at=SECOND_OF_JANUARY),
        file="shop.parquet",
    ),
    case(
        "parquet-cut-off",
        _parquet(PLAIN)[:-20],
        Failed(words=("Parquet",), file="shop.parquet"),
        file="shop.parquet",
    ),
    case(
        "parquet-without-rows",
        _parquet({name: Array([], DataType.string()) for name in PLAIN}),
        Failed(words=("rows",), file="shop.parquet"),
        file="shop.parquet",
    ),
)
