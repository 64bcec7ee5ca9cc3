"""Recognises by its first bytes what a file is, and says what to do with one that cannot be read."""

import codecs
from collections.abc import Iterable, Mapping
from enum import StrEnum

from fondly.ingest.domain.data import read_table
from fondly.ingest.domain.errors import UTF8_HINT, FileError

GZIP = b"\x1f\x8b"
HEAD_BYTES = 4096
EXPECTED = "CSV, XLSX or Parquet"
_ZIP = b"PK\x03\x04"
_PARQUET = b"PAR1"
_TABLE: Mapping[str, Mapping[str, tuple[str, str]]] = read_table(__package__, "file_signature.toml")
_OTHERS = {
    magic.encode("latin-1"): found
    for each in ("others", "inside_gzip")
    for magic, found in _TABLE[each].items()
}


class Container(StrEnum):
    """How a file holds its table."""

    DELIMITED = "delimited"
    XLSX = "xlsx"
    PARQUET = "parquet"


def container_of(head: bytes) -> Container:
    """Return what a file is by its first bytes; any zip archive counts as XLSX until its names are known."""
    if head.startswith(_ZIP):
        return Container.XLSX
    return Container.PARQUET if head.startswith(_PARQUET) else Container.DELIMITED


def require_xlsx(names: Iterable[str]) -> None:
    """Raise `FileError`, naming what the file is, if a zip archive with these entries is not a workbook."""
    found = set(names)
    if "xl/workbook.xml" in found:
        return
    usual = ("a zip archive", "unpack it and upload the file inside")
    raise FileError(
        _refusal(*next((what for name, what in _TABLE["zipped"].items() if name in found), usual))
    )


def require_csv(head: bytes) -> None:
    """Raise `FileError`, naming what the file is, if its first bytes show that it is not UTF-8 CSV."""
    text = head.removeprefix(codecs.BOM_UTF8).lstrip(b" \t\r\n")
    if not text:
        raise FileError("the file is empty")
    found = next((what for magic, what in _OTHERS.items() if head.startswith(magic)), None)
    if found := found or _TABLE["markup"].get(text[:1].decode("latin-1")):
        raise FileError(_refusal(*found))
    if b"\0" in text.partition(b"\n")[0]:
        raise FileError(f"not a CSV file: binary, or encoded as UTF-16 or UTF-32; if it is text, {UTF8_HINT}")


def _refusal(found: str, remedy: str) -> str:
    return f"not a CSV file: found {found}, expected {EXPECTED}{': ' if remedy else ''}{remedy}"
