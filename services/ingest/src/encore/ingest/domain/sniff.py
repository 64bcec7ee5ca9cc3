"""Recognising, by its first bytes, a file that is no CSV."""

import codecs

from encore.ingest.domain.errors import FileError

GZIP = b"\x1f\x8b"
HEAD_BYTES = 4096
_MAGIC = {
    b"PK\x03\x04": "a zip archive or an Excel workbook",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"%PDF": "a PDF document",
    b"PAR1": "a Parquet file",
    b"SQLite format 3": "a SQLite database",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"BZh": "compressed with bzip2",
    b"\xfd7zXZ": "compressed with xz",
    b"\x28\xb5\x2f\xfd": "compressed with zstd",
    b"7z\xbc\xaf": "a 7z archive",
    GZIP: "compressed twice",
}
_WIDE = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_MARKUP = {b"{": "JSON", b"[": "JSON", b"<": "HTML or XML"}


def refuse_foreign(head: bytes) -> None:
    """Raise `FileError` naming what the file is when its first bytes show that it is no UTF-8 CSV."""
    if not head.strip(b" \t\r\n" + codecs.BOM_UTF8):
        raise FileError("the file is empty")
    if head.startswith(_WIDE):
        raise FileError("encoded in UTF-16 or UTF-32, not UTF-8")
    found = next((name for magic, name in _MAGIC.items() if head.startswith(magic)), None)
    found = found or _MARKUP.get(head.removeprefix(codecs.BOM_UTF8).lstrip()[:1])
    if found:
        raise FileError(f"not CSV: {found}")
    if b"\0" in head.partition(b"\n")[0]:
        raise FileError("not CSV: binary, or encoded in UTF-16 or UTF-32")
