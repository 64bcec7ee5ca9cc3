"""Shows what files say, whatever they are packed in: a search must not miss what is not plain to see."""

import ast
import bz2
import codecs
import email
import gzip
import io
import json
import lzma
import re
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from html import unescape
from tempfile import SpooledTemporaryFile
from typing import IO, Any, BinaryIO, cast

from fondly.operations.customers.traces import decoded

BLOCK_BYTES = 1 << 20
MEMORY_BYTES = 32 << 20
"""A packed file of more bytes is unpacked on disk."""
DEEPEST = 4
"""How deeply files within one another are looked into."""
HEAD_BYTES = 512
DAMAGED = "damaged, or cut off"
LOCKED = "locked by a password"
TOO_DEEP = f"packed more than {DEEPEST} times"
OBJECTS = "an array of Python objects or of records"
BINARY = "neither text nor a table"
UNSEEN: Mapping[bytes, str] = {
    b"\xd0\xcf\x11\xe0": "an old Excel workbook (.xls), or one with a password",
    b"%PDF": "a PDF document",
    b"ARROW1": "an Arrow file",
    b"Obj\x01": "an Avro file",
    b"ORC": "an ORC file",
    b"\x28\xb5\x2f\xfd": "a zstd archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"Rar!": "a RAR archive",
    b"\x04\x22\x4d\x18": "an LZ4 archive",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"RIFF": "a picture",
}
"""What is not looked into, by how it begins."""
_WIDE = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_STREAMS: Mapping[bytes, Callable[..., Any]] = {
    b"\x1f\x8b": gzip.open,
    b"BZh": bz2.open,
    b"\xfd7zXZ": lzma.open,
}
_ZIP, _PARQUET, _NUMPY = b"PK\x03\x04", b"PAR1", b"\x93NUMPY"
_TAR, _TAR_AT = b"ustar", 257
_TAG = re.compile(rb"<[^>]*>")
_DAMAGES = (
    *(OSError, EOFError, ValueError, KeyError, IndexError, TypeError, AttributeError, NotImplementedError),
    *(SyntaxError, zlib.error, lzma.LZMAError, tarfile.TarError, zipfile.BadZipFile),
)
"""What libraries raise at damaged files; `SyntaxError` is that of XML."""

Lines = list[bytes]
See = Callable[[Lines], None]


def look_into(file: BinaryIO, see: See, *, is_email: bool = False) -> list[str]:
    """Show every line of a file to `see`, some at a time; return why something in it could not be seen.

    The file must be seekable. Texts are those of all members and cells; figures are written as Python does.
    """
    return sorted(set(_look(file, see, 0, is_email=is_email)))


def _look(file: BinaryIO, see: See, depth: int, *, is_email: bool = False) -> Iterator[str]:
    head = file.read(HEAD_BYTES)
    file.seek(0)
    if depth > DEEPEST:
        yield TOO_DEEP
        return
    try:
        yield from _email(file, see, depth) if is_email else _by_head(head, file, see, depth)
    except BaseException as error:
        if not isinstance(error, _DAMAGES) and type(error).__name__ != "PanicException":  # Parquet's
            raise
        yield DAMAGED


def _by_head(head: bytes, file: BinaryIO, see: See, depth: int) -> Iterator[str]:
    stream = next((opened for magic, opened in _STREAMS.items() if head.startswith(magic)), None)
    wide = next((name for mark, name in _WIDE.items() if head.startswith(mark)), None)
    if stream:
        with stream(file) as unpacked:
            yield from _within(unpacked, see, depth)
    elif head.startswith(_ZIP):
        yield from _zip(file, see, depth)
    elif head.startswith(_PARQUET):
        _parquet(file, see)
    elif head.startswith(_NUMPY):
        yield from _numpy(file, see)
    elif head[_TAR_AT:].startswith(_TAR):
        yield from _tar(file, see, depth)
    elif wide:
        see([line.encode() for line in file.read().decode(wide).splitlines()])
    else:
        yield from _plain(head, file, see)


def _plain(head: bytes, file: BinaryIO, see: See) -> Iterator[str]:
    """Show the lines of a text; those of another file, too, but that proves nothing."""
    has_nul = False
    while lines := file.readlines(BLOCK_BYTES):
        has_nul |= any(b"\0" in line for line in lines)
        see(lines)
    known = next((what for magic, what in UNSEEN.items() if head.startswith(magic)), None)
    if known or has_nul:
        yield known or BINARY


def _within(packed: IO[bytes], see: See, depth: int) -> Iterator[str]:
    """Look into a member, which is unpacked first: most kinds have to be read from their ends."""
    with SpooledTemporaryFile(MEMORY_BYTES) as unpacked:
        while block := packed.read(BLOCK_BYTES):
            unpacked.write(block)
        unpacked.seek(0)
        yield from _look(cast("BinaryIO", unpacked), see, depth + 1)


def _zip(file: BinaryIO, see: See, depth: int) -> Iterator[str]:
    with zipfile.ZipFile(file) as archive:
        see([name.encode() for name in archive.namelist()])
        for member in archive.infolist():
            if member.flag_bits & 1:  # encrypted
                yield LOCKED
            elif member.filename.endswith((".xml", ".rels")):
                _xml(archive.read(member), see)
            elif member.filename.startswith("xl/") and member.filename.endswith(".bin"):
                yield from [] if "printerSettings" in member.filename else ["a binary Excel workbook (.xlsb)"]
            elif not member.is_dir():
                with archive.open(member) as packed:
                    yield from _within(packed, see, depth)
        is_workbook = "xl/workbook.xml" in archive.namelist()
    if is_workbook:
        file.seek(0)
        _workbook(file, see)


def _xml(body: bytes, see: See) -> None:
    """Show what XML says, also where a word is divided by the tags of its looks."""
    see([unescape(decoded(each)).encode() for each in (body, _TAG.sub(b"", body))])


def _workbook(file: BinaryIO, see: See) -> None:
    from openpyxl import load_workbook  # noqa: PLC0415 - rarely needed

    book = load_workbook(file, read_only=True)
    for sheet in book.worksheets:
        for row in sheet.iter_rows(values_only=True):
            see([str(value).encode("utf-8", "replace") for value in row if value is not None])


def _parquet(file: BinaryIO, see: See) -> None:
    from arro3.io import read_parquet  # noqa: PLC0415 - rarely needed

    for batch in read_parquet(file):
        for at in range(batch.num_columns):
            values: Any = batch.column(at).to_pylist()
            see([_shown(value) for value in values if value is not None])


def _shown(value: Any) -> bytes:  # noqa: ANN401 - of any type that Parquet has
    if isinstance(value, bytes):
        return value
    text = value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
    return text.encode("utf-8", "replace")


def _numpy(file: BinaryIO, see: See) -> Iterator[str]:
    """Show the texts of an array: NumPy's own library is large, and its format is short.

    Source: NumPy's documentation, "numpy.lib.format", of version 2.3.
    """
    version = file.read(8)[6]
    length = int.from_bytes(file.read(2 if version == 1 else 4), "little")
    kind = ast.literal_eval(file.read(length).decode())["descr"]
    if not isinstance(kind, str) or "O" in kind:
        yield OBJECTS
    elif kind[1] in "SU":
        width = int(kind[2:]) * (4 if kind[1] == "U" else 1)
        cells = iter(lambda: file.read(width), b"")
        code = "utf-32-le" if kind[0] == "<" else "utf-32-be"
        texts = (cell.decode(code, "replace") if kind[1] == "U" else cell for cell in cells)
        see([_shown(text).rstrip(b"\0") for text in texts])


def _tar(file: BinaryIO, see: See, depth: int) -> Iterator[str]:
    with tarfile.open(fileobj=file, mode="r:") as archive:
        for member in archive:
            see([member.name.encode("utf-8", "replace")])
            packed = archive.extractfile(member) if member.isfile() else None
            if packed is not None:
                yield from _within(packed, see, depth)


def _email(file: BinaryIO, see: See, depth: int) -> Iterator[str]:
    """Show a message as it is, and as its reader sees it: headers and parts without their encodings."""
    see(file.readlines())
    file.seek(0)
    for part in email.message_from_binary_file(file).walk():
        see([_header(str(value)).encode("utf-8", "replace") for value in part.values()])
        if not part.is_multipart():
            yield from _part(part, see, depth)


def _header(value: str) -> str:
    """Return a header without encoded words (RFC 2047); as it is, if they cannot be decoded."""
    try:
        return str(make_header(decode_header(value)))
    except (LookupError, UnicodeError, HeaderParseError):
        return value


def _part(part: Message, see: See, depth: int) -> Iterator[str]:
    body = part.get_payload(decode=True)
    if not isinstance(body, bytes):
        return
    if part.get_content_maintype() != "text":
        yield from _within(io.BytesIO(body), see, depth)
        return
    with suppress(LookupError):
        body = body.decode(part.get_content_charset("utf-8"), "replace").encode()
    see(unescape(decoded(body)).encode().splitlines())
