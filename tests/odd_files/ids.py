"""Ids of any shape, length and script."""

from tests.odd_files.case import Case, Facts, Failed, Read, Refused, case
from tests.odd_files.cells import bad_row, product_id
from tests.odd_files.shop import published, row, table

LONG, LONG_IN_HINDI = "P" * 256, "क" * 85
SAME: dict[str, Facts] = {"P2": {"id": "p1", "name": "Cable 2"}, "R2": {"product_ids": ("p1",)}}


def _same(name: str, *texts: str) -> Case:
    """The same person in different spellings of one id: they stay one."""
    content = table([row(at, user_id=text, user_name="Asha") for at, text in enumerate(texts, 1)])
    whole = published(*range(1, len(texts) + 1))
    one = {"C1": {"name": "Asha"}}
    reviews = {key: {**facts, "customer_id": "C1"} for key, facts in whole.reviews.items()}
    return case(name, content, Read(products=whole.products, customers=one, reviews=reviews))


def _kept(name: str, text: str) -> Case:
    return product_id(name, text, text)


CASES = (
    _kept("leading-zeros", "000123"),
    _kept("only-zeros", "000"),
    _kept("a-number", "42"),
    _kept("a-space-within", "AB 12"),
    _kept("slashes", "a/b/c"),
    _kept("only-points", ".."),
    _kept("a-path-upwards", "../../etc/passwd"),
    _kept("backslashes", "a\\b"),
    _kept("a-device-of-windows", "CON"),
    _kept("signs", "#1 & <2> %2F?x=y"),
    _kept("a-quote", 'AB"12'),
    _kept("emoji", "🎧-12"),
    _kept("arabic", "منتج-١٢"),
    _kept("hindi-of-255-bytes", LONG_IN_HINDI),
    _kept("256-bytes", LONG),
    _kept("a-uuid", "9b2d6f1e-5a54-4bb5-9a43-2f8f6f1f4f10"),
    _kept("begins-with-a-plus", "+12"),
    _kept("begins-with-an-equals-sign", "=AB12"),
    _kept("begins-with-an-at", "@12"),
    _kept("a-date-of-excel", "02-Jan"),
    _kept("a-comma", "AB,12"),
    product_id("double-space-within", "AB  12", "AB 12", "AB  12"),
    bad_row("257-bytes", "product_id", "P" * 257),
    case(
        "blank-id",
        table([row(1), row(2, product_id=" \u00a0\u200b"), row(3)]),
        published(1, 3, refused=[Refused(line=3, column="product_id")]),
    ),
    case("only-case-differs", table([row(1), row(2, product_id="p1")]), published(1, 2, changes=SAME)),
    _same("spaces-around-a-customers-id", "C1", " C1", "C1 "),
    case(
        "composed-and-decomposed",
        table([row(1, user_id="Zoé"), row(2, user_id="Zoe\u0301", user_name="Asha")]),
        Read(
            products=published(1, 2).products,
            customers={"Zoé": {"name": "Asha"}},
            reviews={key: {**facts, "customer_id": "Zoé"} for key, facts in published(1, 2).reviews.items()},
        ),
    ),
    case(
        "a-nul-in-an-id",
        table([row(1), row(2, product_id="P\x002"), row(3)]),
        published(1, 3, refused=[Refused(line=3)]),
        Failed(words=("NUL",)),
    ),
)
