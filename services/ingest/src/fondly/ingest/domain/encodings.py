"""Tells people which encoding their file seems to have; it is never read by that guess."""

import re

_WESTERN = re.compile(
    rb"(?<![\x80-\xff])(?:[\xdf-\xff]{2}|[\x80\x82\x84-\x87\x89\x91-\x97\x99\xa0-\xff])(?![\x80-\xff])"
)
"""A letter or mark of Windows-1252 among ASCII, or two small letters, as accents are in western languages. In
encodings of other scripts such bytes come in rows."""

_HIGH = re.compile(rb"[\x80-\xff]")
NOT_UTF8 = "not UTF-8"
UTF8_HINT = 'save it as "CSV UTF-8 (comma delimited)" in Excel, or export it with the encoding UTF-8'


def looks_like(line: bytes) -> str:
    """Return `, looks like Windows-1252` if a line that is not UTF-8 does; otherwise nothing."""
    is_western = sum(map(len, _WESTERN.findall(line))) == len(_HIGH.findall(line))
    return ", looks like Windows-1252" if is_western else ""
