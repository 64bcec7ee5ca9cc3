"""The names of columns, and what stands above them."""

from tests.odd_files.case import Case, Failed, Refused, case
from tests.odd_files.shop import COLUMNS, HEADER, lines, published, row, rows, table

GOOD = table(rows(1, 2, 3))
WHOLE = published(1, 2, 3)
BODY = b"".join(lines(1, 2, 3))
TITLES = {name: name.replace("_", " ").title() for name in COLUMNS}
DASHES = {name: name.replace("_", "-") for name in COLUMNS}
CAMELS = {name: name.replace("_", " ").title().replace(" ", "") for name in COLUMNS}
SYNONYMS = {
    "product_id": "SKU",
    "product_name": "Product title",
    "discounted_price": "Price",
    "user_id": "Customer ID",
    "user_name": "Customer name",
    "review_content": "Review text",
}
GERMAN = {
    "product_id": "Artikelnummer",
    "product_name": "Artikelname",
    "discounted_price": "Preis",
    "user_id": "Kundennummer",
}
WITH_INDEX = [{"": str(at), **each} for at, each in enumerate(rows(1, 2, 3))]
WITH_PANDAS_INDEX = [{"Unnamed: 0": str(at), **each} for at, each in enumerate(rows(1, 2, 3))]
BACKWARDS = [dict(list(each.items())[::-1]) for each in rows(1, 2, 3)]
PREAMBLE = (Failed(words=("product_id",)), Failed(words=("line 1",)))


def _named(name: str, names: dict[str, str], *, is_sure: bool = True) -> Case:
    allowed = (WHOLE,) if is_sure else (WHOLE, Failed(words=("product_id",)))
    return case(name, table(rows(1, 2, 3), names=names), *allowed)


def _without(column: str) -> bytes:
    return table([{name: cell for name, cell in each.items() if name != column} for each in rows(1, 2)])


CASES = (
    _named("upper-case", {name: name.upper() for name in COLUMNS}),
    _named("title-case-with-spaces", TITLES),
    _named("dashes-for-underscores", DASHES),
    _named("camel-case", CAMELS, is_sure=False),
    _named("spaces-around-names", {name: f"  {name} " for name in COLUMNS}),
    _named("colons-after-names", {name: f"{name}:" for name in COLUMNS}, is_sure=False),
    _named("english-synonyms", SYNONYMS, is_sure=False),
    _named("german-synonyms", GERMAN, is_sure=False),
    case("another-order", table(BACKWARDS), WHOLE),
    case("unknown-columns", table([row(1, shelf="A", größe="M"), row(2), row(3)]), WHOLE),
    case("a-nameless-index", table(WITH_INDEX), WHOLE),
    case("an-index-of-pandas", table(WITH_PANDAS_INDEX), WHOLE),
    case("empty-columns-at-the-end", GOOD.replace(b"\n", b",,,\n"), WHOLE),
    case("quoted-names-after-a-bom", b"\xef\xbb\xbf" + table(rows(1, 2, 3), quote_all=True), WHOLE),
    case(
        "a-known-column-twice",
        GOOD.replace(b"\n", b",5\n").replace(b",5\n", b",rating\n", 1),
        Failed(words=("rating",)),
    ),
    case("an-unknown-column-twice", GOOD.replace(b"\n", b",a,b\n").replace(b",a,b\n", b",x,x\n", 1), WHOLE),
    case(
        "one-column-in-two-spellings",
        GOOD.replace(b"\n", b",9\n").replace(b",9\n", b",Rating\n", 1),
        Failed(words=("rating",)),
    ),
    *(
        case(f"without-{name}", _without(name), Failed(words=(name,)))
        for name in ("product_id", "product_name", "user_id")
    ),
    case("without-a-price", _without("discounted_price"), Failed(words=("discounted_price",))),
    case("only-a-header", HEADER, Failed(words=("rows",))),
    case("no-header", BODY, Failed(words=("column",))),
    case("a-comment-on-top", b"# Export of 24 November 2026\n" + GOOD, WHOLE, *PREAMBLE),
    case("a-title-on-top", b"Our products\n\n" + GOOD, WHOLE, *PREAMBLE),
    case("a-title-padded-with-commas", b"Our products" + b"," * 15 + b"\n" + GOOD, WHOLE, *PREAMBLE),
    case(
        "the-header-again-in-the-middle",
        HEADER + lines(1)[0] + HEADER + b"".join(lines(2, 3)),
        published(1, 2, 3, may_refuse=[Refused(line=3)]),
    ),
    case(
        "two-files-in-one",
        table(rows(1, 2)) + b"\xef\xbb\xbf" + table(rows(3)),
        published(1, 2, 3, may_refuse=[Refused(line=4)]),
    ),
    case("empty", b"", Failed(words=("empty",))),
    case("only-a-bom", b"\xef\xbb\xbf", Failed(words=("empty",))),
    case("only-blank-lines", b"\n\r\n \n", Failed(words=("empty",))),
    case("one-long-line", b"x" * 2_000_000, Failed(words=("line 1",)), Failed(words=("column",))),
    case("json", b'[{"product_id": "P1"}]', Failed(words=("JSON",))),
    case("json-lines", b'{"product_id": "P1"}\n{"product_id": "P2"}\n', Failed(words=("JSON",))),
    case("html", b"<html><table><tr><td>P1</td></tr></table></html>", Failed(words=("HTML",))),
    case("xml", b'<?xml version="1.0"?><products/>', Failed(words=("XML",))),
    case("pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", Failed(words=("PDF",))),
    case("old-excel", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), Failed(words=("Excel",))),
    case("picture", b"\x89PNG\r\n\x1a\n" + bytes(64), Failed(words=("image",))),
)
