"""Rows of the wrong shape, and rows that are none."""

from tests.odd_files.case import Case, Failed, Refused, case
from tests.odd_files.shop import COLUMNS, HEADER, lines, published, row, rows, table

FIRST, SECOND, THIRD = lines(1, 2, 3)
WHOLE = published(1, 2, 3)
WITHOUT_SECOND = published(1, 3, refused=[Refused(line=3)])


def _between(name: str, odd: bytes, *, is_nothing: bool = False) -> Case:
    """A line between two good rows: it is refused or, if it says nothing, perhaps passed over."""
    place = [Refused(line=3)]
    expected = published(1, 3, may_refuse=place) if is_nothing else published(1, 3, refused=place)
    return case(name, HEADER + FIRST + odd + THIRD, expected)


def _last(name: str, odd: bytes) -> Case:
    """A last line that is no row: it is refused or passed over."""
    return case(name, HEADER + FIRST + SECOND + THIRD + odd, published(1, 2, 3, may_refuse=[Refused(line=5)]))


CASES = (
    _between("too-few-cells", b"P2,only,three\n"),
    _between("too-many-cells", SECOND.rstrip(b"\n") + b",one,more\n"),
    case(
        "one-empty-cell-too-many",
        HEADER + FIRST + SECOND.rstrip(b"\n") + b",\n" + THIRD,
        WHOLE,
        WITHOUT_SECOND,
    ),
    case(
        "every-row-has-an-empty-cell-too-many",
        HEADER + b"".join(each.rstrip(b"\n") + b",\n" for each in lines(1, 2)),
        published(1, 2),
        Failed(words=("16",)),
    ),
    _between("only-commas", b"," * (len(COLUMNS) - 1) + b"\n", is_nothing=True),
    _between("only-quoted-blanks", b",".join([b'" "'] * len(COLUMNS)) + b"\n", is_nothing=True),
    _between("a-few-commas", b",,,\n", is_nothing=True),
    _last("a-total", b"Total" + b"," * 3 + b"1197" + b"," * (len(COLUMNS) - 4) + b"\n"),
    _last("a-total-in-the-name", b",Total,,1197" + b"," * (len(COLUMNS) - 4) + b"\n"),
    _last("a-count-of-rows", b"(3 rows)\n"),
    _last("a-footer", b"Exported by ShopTool 4.2\n"),
    _last("a-comment-at-the-end", b"# end of export\n"),
    _last("a-row-that-was-cut-off", THIRD[:30].replace(b"P3", b"P4")),
    case("the-same-row-twice", HEADER + FIRST + SECOND + SECOND + THIRD, WHOLE),
    case("one-row", HEADER + FIRST, published(1)),
    case("a-nul", HEADER + FIRST + SECOND.replace(b"Cable", b"Ca\0ble") + THIRD, WITHOUT_SECOND),
    case(
        "nuls-at-the-end",
        HEADER + FIRST + SECOND + THIRD + bytes(512),
        published(1, 2, 3, may_refuse=[Refused(line=5)]),
    ),
    case(
        "a-huge-cell",
        table([row(1), row(2, review_content="word " * 30_000), row(3)]),
        WITHOUT_SECOND,
        published(
            1, 2, 3, changes={"R2": {"text": None}}, refused=[Refused(line=3, column="review_content")]
        ),
    ),
    _between("a-huge-row", SECOND.replace(b"Works", b"w," * 600_000)),
    case(
        "rows-after-many-blank-ones",
        HEADER + FIRST + (b"," * (len(COLUMNS) - 1) + b"\n") * 200 + SECOND + THIRD,
        WHOLE,
    ),
    case("no-row-is-good", HEADER + b"a,b\nc,d\n", Failed(words=("no usable row",))),
    case(
        "most-rows-are-bad",
        HEADER + FIRST + b"a,b\n" * 30,
        Failed(words=("30", "cells")),
    ),
    case(
        "a-row-without-a-customer",
        table([row(1), row(2, user_id=""), row(3)]),
        published(1, 3, refused=[Refused(line=3, column="user_id")]),
    ),
    case(
        "a-row-without-a-name",
        table([row(1), row(2, product_name=" "), row(3)]),
        published(1, 3, refused=[Refused(line=3, column="product_name")]),
    ),
    case("five-hundred-rows", table(rows(*range(1, 501))), published(*range(1, 501))),
)
