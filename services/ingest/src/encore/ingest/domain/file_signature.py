"""Recognises by its first bytes a file that is not CSV."""

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
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
    b"\x28\xb5\x2f\xfd": "a zstd archive",
    b"7z\xbc\xaf": "a 7z archive",
    GZIP: "gzip compressed twice",
}
_WIDE = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_MARKUP = {b"{": "JSON", b"[": "JSON", b"<": "HTML or XML"}


def require_csv(head: bytes) -> None:
    """Raise `FileError`, naming what the file is, if its first bytes show that it is not UTF-8 CSV."""
    if not head.strip(b" \t\r\n" + codecs.BOM_UTF8):
        raise FileError("the file is empty")
    if head.startswith(_WIDE):
        raise FileError("encoded as UTF-16 or UTF-32, expected UTF-8")
    found = next((name for magic, name in _MAGIC.items() if head.startswith(magic)), None)
    found = found or _MARKUP.get(head.removeprefix(codecs.BOM_UTF8).lstrip()[:1])
    if found:
        raise FileError(f"not a CSV file: found {found}")
    if b"\0" in head.partition(b"\n")[0]:
        raise FileError("not a CSV file: binary, or encoded as UTF-16 or UTF-32")
