"""Where lines end, and what stands between them."""

from tests.odd_files.case import Failed, Refused, case
from tests.odd_files.shop import HEADER, lines, published, row, rows, table

GOOD = table(rows(1, 2, 3))
WHOLE = published(1, 2, 3)
FIRST, SECOND, THIRD = lines(1, 2, 3)


def _joined(text: str) -> bytes:
    return table([row(1), row(2, review_content=text), row(3)])


CASES = (
    case("crlf", GOOD.replace(b"\n", b"\r\n"), WHOLE),
    case("cr-alone", GOOD.replace(b"\n", b"\r"), WHOLE, Failed(words=("carriage return",))),
    case("lf-and-crlf", HEADER + FIRST.replace(b"\n", b"\r\n") + SECOND + THIRD, WHOLE),
    case("header-ends-in-cr-cr-lf", HEADER.replace(b"\n", b"\r\r\n") + FIRST + SECOND + THIRD, WHOLE),
    case(
        "every-line-ends-in-cr-cr-lf",
        GOOD.replace(b"\n", b"\r\r\n"),
        WHOLE,
        Failed(words=("carriage return",)),
    ),
    case("no-end-of-the-last-line", GOOD.rstrip(b"\n"), WHOLE),
    case("many-ends-at-the-end", GOOD + b"\n" * 500, WHOLE),
    case("blank-lines-between", HEADER + b"\n\n" + FIRST + b"\r\n" + SECOND + b"\n" + THIRD, WHOLE),
    case("lines-of-spaces-between", HEADER + FIRST + b"   \n\t\n" + SECOND + THIRD, WHOLE),
    case("blank-lines-on-top", b"\n\r\n  \n" + GOOD, WHOLE),
    case("dos-end-of-file", GOOD + b"\x1a", published(1, 2, 3, may_refuse=[Refused(line=5)])),
    case("form-feed-at-the-end", GOOD + b"\x0c\n", published(1, 2, 3, may_refuse=[Refused(line=5)])),
    case(
        "line-end-in-a-quoted-cell",
        _joined("first\nsecond\r\nthird"),
        published(1, 2, 3, changes={"R2": {"text": "first second third"}}),
    ),
    case(
        "unicode-line-separator-in-a-cell",
        _joined("first\u2028second\u2029third\x85fourth"),
        published(1, 2, 3, changes={"R2": {"text": "first second third fourth"}}),
    ),
    case(
        "vertical-tab-in-a-cell",
        _joined("first\x0bsecond"),
        published(1, 2, 3, changes={"R2": {"text": "first second"}}),
    ),
    case(
        "carriage-return-in-a-bare-cell",
        HEADER + FIRST + SECOND.replace(b"Cable", b"Ca\rble") + THIRD,
        published(1, 3, refused=[Refused(line=3)]),
        published(1, 2, 3, changes={"P2": {"name": "Ca ble 2"}}),
    ),
)
