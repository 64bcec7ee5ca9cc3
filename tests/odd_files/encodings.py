"""How bytes stand for letters."""

from tests.odd_files.case import Case, Failed, Refused, case
from tests.odd_files.shop import lines, published, row, rows, table

GOOD = table(rows(1, 2, 3))
TEXT = GOOD.decode()
WHOLE = published(1, 2, 3)
JOSE = table([row(1), row(2, user_name="José"), row(3)])
JOSE_READ = published(1, 2, 3, changes={"C2": {"name": "José"}})


def _in_one_row(name: str, bad: bytes, found: str = "", reads: str | None = None) -> Case:
    """Bytes in the name on line 3 that are not UTF-8: that row is refused, or the file by its encoding."""
    content = table([row(1), row(2, user_name="XYZ"), row(3)]).replace(b"XYZ", bad)
    refused = published(1, 3, refused=[Refused(line=3, found=found)])
    read = (published(1, 2, 3, changes={"C2": {"name": reads}}),) if reads else ()
    return case(name, content, *read, refused, Failed(words=("UTF-8",)))


def _named(name: str, written: str, read: str) -> Case:
    content = table([row(1), row(2, user_name=written), row(3)])
    return case(name, content, published(1, 2, 3, changes={"C2": {"name": read}}))


CASES = (
    case("utf-8", GOOD, WHOLE),
    case("utf-8-bom", b"\xef\xbb\xbf" + GOOD, WHOLE),
    case("utf-8-two-boms", b"\xef\xbb\xbf" * 2 + GOOD, WHOLE),
    case("bom-in-the-middle", table(rows(1, 2)) + b"\xef\xbb\xbf" + lines(3)[0], WHOLE),
    case("utf-16-le-bom", b"\xff\xfe" + TEXT.encode("utf-16-le"), WHOLE, Failed(words=("UTF-16",))),
    case("utf-16-be-bom", b"\xfe\xff" + TEXT.encode("utf-16-be"), WHOLE, Failed(words=("UTF-16",))),
    case("utf-16-le-no-bom", TEXT.encode("utf-16-le"), WHOLE, Failed(words=("UTF-16",))),
    case("utf-16-be-no-bom", TEXT.encode("utf-16-be"), WHOLE, Failed(words=("UTF-16",))),
    case("utf-32", TEXT.encode("utf-32"), WHOLE, Failed(words=("UTF-32",))),
    case("utf-7", b"+/v8-" + GOOD, Failed(words=("product_id",))),
    case("utf-8-accents", JOSE, JOSE_READ),
    _in_one_row("windows-1252-name", "José".encode("cp1252"), "0xe9", reads="José"),
    _in_one_row("windows-1252-euro", "José €".encode("cp1252"), "0xe9", reads="José €"),
    _in_one_row("windows-1251-name", "Иван".encode("cp1251"), "0x"),
    _in_one_row("shift-jis-name", "花子".encode("shift_jis"), "0x"),
    _in_one_row("overlong-utf-8", b"a\xc0\xafb", "0xc0"),
    _in_one_row("half-a-surrogate-pair", b"a\xed\xa0\x80b", "0xed"),
    _in_one_row("cut-in-the-middle-of-a-letter", "José".encode()[:-1], "0xc3"),
    case(
        "windows-1252-header",
        table([row(1, größe="M")], delimiter=",").decode().encode("cp1252"),
        published(1),
        Failed(words=("UTF-8",)),
        Failed(words=("0xf6",)),
    ),
    _named("decomposed-accent", "Jose\u0301", "José"),
    _named("emoji-and-cjk", "花子 👩‍🔧", "花子 👩‍🔧"),
    _named("right-to-left-name", "ليلى حسن", "ليلى حسن"),
    _named("direction-override", "Ann\u202egnp.exe", "Anngnp.exe"),
    _named("zero-width-space", "A\u200bnn", "Ann"),
    _named("already-garbled", "JosÃ©", "JosÃ©"),
    case(
        "invisible-around-an-id",
        table([row(1), row(2, product_id="\u200bP2\u00a0", user_id="\tC2 "), row(3)]),
        WHOLE,
    ),
)
