"""What stands between cells, and around them."""

from tests.odd_files.case import Case, Failed, Refused, case
from tests.odd_files.shop import HEADER, lines, published, row, rows, table

GOOD = table(rows(1, 2, 3))
WHOLE = published(1, 2, 3)
FIRST, SECOND, THIRD = lines(1, 2, 3)
SEMICOLONS = table(rows(1, 2, 3), delimiter=";")


def _quoted(name: str, cell: bytes, reads: str | None) -> Case:
    """A cell as it stands in the file on line 3: it is read so, or its row is refused and no other."""
    content = HEADER + FIRST + SECOND.replace(b"Cable 2", cell) + THIRD
    refused = published(1, 3, refused=[Refused(line=3)])
    read = (published(1, 2, 3, changes={"P2": {"name": reads}}),) if reads is not None else ()
    return case(name, content, *read, refused)


CASES = (
    case("semicolons", SEMICOLONS, WHOLE, Failed(words=("semicolons",))),
    case("tabs", table(rows(1, 2, 3), delimiter="\t"), WHOLE, Failed(words=("tabs",))),
    case("tabs-in-tsv", table(rows(1, 2, 3), delimiter="\t"), WHOLE, file="shop.tsv"),
    case("vertical-bars", table(rows(1, 2, 3), delimiter="|"), WHOLE, Failed(words=("vertical bars",))),
    case("sep-semicolon-on-top", b"sep=;\n" + SEMICOLONS, WHOLE),
    case("sep-comma-on-top", b"sep=,\r\n" + GOOD, WHOLE),
    case("sep-quoted-on-top", b'"sep=,"\n' + GOOD, WHOLE),
    case("sep-after-bom", b"\xef\xbb\xbfsep=;\r\n" + SEMICOLONS, WHOLE),
    case("every-cell-quoted", table(rows(1, 2, 3), quote_all=True), WHOLE),
    case(
        "semicolons-and-commas-within-cells",
        table([row(1, review_content="a; b, c"), row(2)], delimiter=";"),
        published(1, 2, changes={"R1": {"text": "a; b, c"}}),
        Failed(words=("semicolons",)),
    ),
    case(
        "commas-with-semicolons-within-cells",
        table([row(1, review_content="a; b; c; d; e; f; g; h; i"), row(2)]),
        published(1, 2, changes={"R1": {"text": "a; b; c; d; e; f; g; h; i"}}),
    ),
    case("spaces-after-commas-in-header", HEADER.replace(b",", b", ") + FIRST + SECOND + THIRD, WHOLE),
    case(
        "spaces-around-cells", HEADER + FIRST.replace(b",Cable 1,", b",  Cable 1  ,") + SECOND + THIRD, WHOLE
    ),
    _quoted("doubled-quotes", b'"Monitor 19"" wide"', 'Monitor 19" wide'),
    _quoted("a-bare-inch-mark", b'Monitor 19" wide', 'Monitor 19" wide'),
    _quoted("an-unclosed-quote", b'"Cable 2', None),
    _quoted("text-after-a-quote", b'"Cable" 2', None),
    _quoted("a-backslash-before-a-quote", b'"Cable \\"2\\""', 'Cable "2"'),
    _quoted("single-quotes", b"'Cable 2'", "'Cable 2'"),
    _quoted("typographic-quotes", "„Cable“ 2".encode(), "„Cable“ 2"),
    _quoted("a-quoted-comma", b'"Cable, 2"', "Cable, 2"),
    _quoted("a-backslash", b"Cable \\ 2", "Cable \\ 2"),
    case(
        "a-space-before-a-quote",
        HEADER + FIRST + SECOND.replace(b"Cable 2", b' "Cable 2"') + THIRD,
        WHOLE,
        published(1, 3, refused=[Refused(line=3)]),
    ),
    case(
        "an-unclosed-quote-at-the-end",
        HEADER + FIRST + SECOND + THIRD.replace(b"https://shop", b'"https://shop'),
        published(1, 2, refused=[Refused(line=4)]),
    ),
    case(
        "an-unclosed-quote-before-many-rows",
        HEADER + FIRST.replace(b"Cable", b'"Cable') + b"".join(lines(2, 3, 4, 5, 6, 7, 8)),
        published(2, 3, 4, 5, 6, 7, 8, refused=[Refused(line=2)]),
    ),
)
