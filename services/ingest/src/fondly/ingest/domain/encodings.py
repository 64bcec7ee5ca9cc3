"""The encodings of text files: which may be named, what a byte order mark says, and what looks western."""

import codecs
import re
from collections.abc import Mapping

from fondly.ingest.domain.data import read_table

_TABLE: Mapping[str, str] = read_table(__package__, "encodings.toml")["names"]
ENCODINGS = tuple(_TABLE)
"""Names that a mapping may give."""
UTF8, WESTERN = "utf-8", "windows-1252"
SHOWN_WESTERN = "Windows-1252"
_MARKS = {
    codecs.BOM_UTF8: UTF8,
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
"""The longer first where one begins like another."""
_UNDECODABLE = "fondly.undecodable"
codecs.register_error(_UNDECODABLE, lambda error: ("\udcff", getattr(error, "end", 0)))


def known_encoding(name: str) -> str:
    """Return an encoding as the table writes it; `ValueError` for another."""
    found = name.strip().casefold().replace("_", "-")
    if found in ENCODINGS:
        return found
    raise ValueError(f"expected an encoding, one of {', '.join(ENCODINGS)}")


def encoding_of(head: bytes) -> str | None:
    """Return the encoding that the first bytes of a file state by their mark, if they do."""
    return next((name for mark, name in _MARKS.items() if head.startswith(mark)), None)


def decoder(name: str) -> codecs.IncrementalDecoder:
    """Return what turns bytes into text, with a lone surrogate for each that stands for nothing."""
    return codecs.getincrementaldecoder(_TABLE[name])(_UNDECODABLE)


# Bytes of Windows-1252. Letters of its first languages come alone or, in small letters, in pairs; marks stand
# beside them. Left out is what other code pages have for common letters and western languages hardly use.
_SMALL = rb"\x9c\xdf-\xef\xf1-\xf6\xf8-\xfc"
_LETTER = rb"\x8c\xc0-\xcf\xd1-\xd6\xd8-\xdc" + _SMALL
_MARK = rb"\x80\x82\x84-\x87\x89\x91-\x97\x99\xa0-\xbf\xd7\xf7"
_IN_WORDS_ELSEWHERE = rb"\x80\x82\x84\x86\x87\x89\x93-\x95\xa1-\xa5\xaa\xaf\xb3\xb9-\xbc\xbe\xbf"
_RUN = re.compile(rb"[\x80-\xff]+")
_WESTERN_RUN = re.compile(rb"[%b]*(?:[%b]{2}|[%b])?[%b]*" % (_MARK, _SMALL, _LETTER, _MARK))
_FOREIGN = re.compile(
    rb"[A-Za-z%b][%b][A-Za-z%b]|[a-z%b][\x8c\xc0-\xde]|[\xa3\xa5\xaf][A-Za-z]|[a-z]{3}\xb3"
    rb"|\xed[\xa0-\xbf][\x80-\xbf]" % (_LETTER, _IN_WORDS_ELSEWHERE, _LETTER, _SMALL)
)
"""A mark where other languages have letters, a capital behind a small letter, half a pair of surrogates."""


def looks_western(line: bytes) -> bool:
    """Whether a line that is not UTF-8 may be in Windows-1252, of which Latin-1 is a part.

    Rows of high bytes, as texts in other scripts have, and marks within words, as Central European texts
    would show, speak against it.
    """
    return all(map(_WESTERN_RUN.fullmatch, _RUN.findall(line))) and not _FOREIGN.search(line)
