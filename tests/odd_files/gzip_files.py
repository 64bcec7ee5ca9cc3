"""Packed files."""

import gzip
import io
import zipfile

from tests.odd_files.case import Failed, case
from tests.odd_files.shop import HEADER, lines, published, rows, table

GOOD = table(rows(1, 2, 3))
WHOLE = published(1, 2, 3)
PACKED = gzip.compress(GOOD, mtime=0)
MEMBERS = b"".join(gzip.compress(each, mtime=0) for each in (HEADER, *lines(1, 2, 3)))


def _zipped() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(zipfile.ZipInfo("shop.csv"), GOOD)
    return packed.getvalue()


CASES = (
    case("gzip", PACKED, WHOLE, file="shop.csv.gz"),
    case("gzip-without-a-name", PACKED, WHOLE),
    case("plain-called-gzip", GOOD, WHOLE, file="shop.csv.gz"),
    case("gzip-of-several-members", MEMBERS, WHOLE),
    case("gzip-with-an-empty-member", PACKED + gzip.compress(b"", mtime=0), WHOLE),
    case("gzip-padded-with-zeros", PACKED + bytes(512), WHOLE),
    case("gzip-with-rubbish-behind", PACKED + b"rubbish", WHOLE, Failed(words=("gzip",))),
    case("gzip-cut-off", gzip.compress(table(rows(*range(1, 200))), mtime=0)[:-40], Failed(words=("gzip",))),
    case("gzip-without-its-end", PACKED[:-8], Failed(words=("gzip",))),
    case("gzip-with-a-wrong-checksum", PACKED[:-8] + bytes(8), Failed(words=("gzip",))),
    case("gzip-in-gzip", gzip.compress(PACKED, mtime=0), WHOLE, Failed(words=("twice",))),
    case("gzip-of-nothing", gzip.compress(b"", mtime=0), Failed(words=("empty",))),
    case(
        "gzip-that-unpacks-to-too-much",
        gzip.compress(HEADER + b" " * 9_000_000, mtime=0),
        Failed(words=("limit",)),
    ),
    case(
        "gzip-of-blank-lines",
        gzip.compress(GOOD + b"\n" * 1_000_000, mtime=0),
        WHOLE,
        Failed(words=("blank",)),
    ),
    case("gzip-of-a-bom", gzip.compress(b"\xef\xbb\xbf" + GOOD, mtime=0), WHOLE),
    case("zip", _zipped(), WHOLE, Failed(words=("zip",))),
    case("too-large", GOOD + b"x" * 4_000_000, Failed(words=("limit",))),
)
