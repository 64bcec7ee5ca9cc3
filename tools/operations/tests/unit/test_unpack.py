"""What a search sees of a file, whatever it is packed in, and what it says that it does not see."""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from email.message import EmailMessage
from email.mime.text import MIMEText

import numpy as np
import pytest
from arro3.core import Array, DataType, Table
from arro3.io import write_parquet
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment

from fondly.operations.customers.unpack import BINARY, DAMAGED, LOCKED, OBJECTS, TOO_DEEP, UNSEEN, look_into

WORD = "CUST-7731"


def seen(body: bytes, *, is_email: bool = False) -> tuple[str, list[str]]:
    """All that is shown of a file, and why not more."""
    lines: list[bytes] = []
    why = look_into(io.BytesIO(body), lines.extend, is_email=is_email)
    return b"\n".join(lines).decode(errors="replace"), why


def zipped(**members: bytes) -> bytes:
    """A zip archive."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return file.getvalue()


def tarred(body: bytes) -> bytes:
    """A tar archive of one file."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        member = tarfile.TarInfo("inner.txt")
        member.size = len(body)
        archive.addfile(member, io.BytesIO(body))
    return file.getvalue()


def parquet(*values: str) -> bytes:
    """A Parquet file with a column of texts, compressed."""
    file = io.BytesIO()
    table = Table.from_pydict({"id": Array(list(values), DataType.string())})
    write_parquet(table, file, compression="zstd(3)")
    return file.getvalue()


def workbook() -> bytes:
    """A workbook with the word in its second sheet, in a rich text, in a comment and as part of a formula."""
    book = Workbook()
    book.create_sheet("other").append(["x", f"{WORD}-sheet"])
    sheet = book.worksheets[0]
    rich = CellRichText("CU", TextBlock(InlineFont(b=True), "ST-77"), "31-rich")
    sheet["A1"], sheet["B1"], sheet["C1"] = rich, 6012345678901, f'="{WORD}"&"-formula"'
    sheet["D1"] = "x"
    sheet["D1"].comment = Comment(f"{WORD}-comment", "me")
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize(
    "body",
    [
        WORD.encode(),
        gzip.compress(WORD.encode()),
        bz2.compress(WORD.encode()),
        lzma.compress(WORD.encode()),
        zipped(a=b"x", b=WORD.encode()),
        zipped(a=gzip.compress(zipped(b=WORD.encode()))),
        tarred(WORD.encode()),
        gzip.compress(tarred(gzip.compress(WORD.encode()))),
        parquet("x", WORD),
        gzip.compress(parquet(WORD)),
        WORD.encode("utf-16"),
        WORD.encode("utf-32"),
        b"\xef\xbb\xbf" + WORD.encode(),
    ],
    ids=lambda _: "file",
)
def test_it_sees_what_is_packed(body: bytes) -> None:
    """Also what is packed in what is packed; nothing is left unsaid."""
    text, why = seen(body)
    assert WORD in text
    assert why == []


def test_it_sees_all_of_a_workbook() -> None:
    """Every sheet, words that are divided by their looks, comments, formulas, and numbers as they are."""
    text, why = seen(workbook())
    for word in ("sheet", "rich", "comment"):
        assert f"{WORD}-{word}" in text
    assert f'"{WORD}"&"-formula"' in text
    assert "6012345678901" in text
    assert why == []


def test_it_sees_a_message_as_its_reader_does() -> None:
    """Encoded headers, quoted-printable and base64 in any alphabet, HTML, and files that are attached."""
    message = EmailMessage()
    message["Subject"] = f"Schöne Grüße an {WORD}-subject und noch viele Wörter mehr, damit umgebrochen wird"
    message.set_content(f"Grüße, {'x' * 70} {WORD}-text\n", cte="quoted-printable")
    message.add_alternative(f"<p>ü &lt;{WORD}-html&#62;</p>", subtype="html", cte="base64")
    message.add_attachment(zipped(a=f"{WORD}-attached".encode()), maintype="application", subtype="zip")
    text, why = seen(message.as_bytes(), is_email=True)
    for word in ("subject", "text", "html", "attached"):
        assert f"{WORD}-{word}" in text
    latin = MIMEText(f"Gr\xfc\xdfe {WORD}", _charset="iso-8859-1")
    assert f"Grüße {WORD}" in seen(latin.as_bytes(), is_email=True)[0]
    assert why == []


def test_it_sees_texts_in_arrays_but_not_objects() -> None:
    """Counts say nothing; what Python would have to run to read is named."""
    arrays = io.BytesIO()
    ids = np.array(["x", WORD])
    np.savez_compressed(arrays, counts=np.arange(9), ids=ids, big=ids.astype(">U40"), ascii=ids.astype("S40"))
    text, why = seen(arrays.getvalue())
    assert [line for line in text.splitlines() if ".npy" not in line] == ["x", WORD] * 3
    assert why == []
    objects = io.BytesIO()
    np.save(objects, np.array([{"id": WORD}], dtype=object), allow_pickle=True)
    assert seen(objects.getvalue())[1] == [OBJECTS]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        *((magic + b" whatever\n", what) for magic, what in UNSEEN.items()),
        (b"\x01\x00\x02\n", BINARY),
        (gzip.compress(b"x" * 100_000)[:-20], DAMAGED),
        (b"PK\x03\x04 no archive", DAMAGED),
        (b"PAR1 no table", DAMAGED),
        (parquet(WORD)[:-9], DAMAGED),
        (workbook()[:-30], DAMAGED),
        (zipped(**{"xl/workbook.bin": b"x"}), "a binary Excel workbook (.xlsb)"),
    ],
    ids=lambda _: "file",
)
def test_it_says_what_it_does_not_see(body: bytes, expected: str) -> None:
    """Instead of taking it for empty."""
    assert seen(body)[1] == [expected]


def test_it_says_that_an_archive_is_locked_or_too_deep() -> None:
    """Nobody can search what they have no password for; a file that contains itself must end."""
    locked = bytearray(zipped(a=WORD.encode()))
    for at in (locked.index(b"PK\x03\x04") + 6, locked.index(b"PK\x01\x02") + 8):
        locked[at] |= 1
    assert seen(bytes(locked))[1] == [LOCKED]
    deep = WORD.encode()
    for _ in range(6):
        deep = gzip.compress(deep)
    text, why = seen(deep)
    assert (WORD in text, why) == (False, [TOO_DEEP])


@given(
    st.binary(max_size=200),
    st.sampled_from([b"", b"PK\x03\x04", b"PAR1", b"\x1f\x8b\x08", b"BZh9", b"\x93NUMPY"]),
)
def test_no_bytes_break_it(body: bytes, magic: bytes) -> None:
    """Whatever it begins like."""
    assert all(why for why in seen(magic + body)[1])
    seen(body, is_email=True)
