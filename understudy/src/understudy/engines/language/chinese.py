"""Tells traditional Chinese from simplified by their national character sets."""

from __future__ import annotations

_TRADITIONAL, _SIMPLIFIED = "big5", "gb2312"
"""Taiwan's set and the mainland's: most characters are in both, a simplified form only in the second."""


def is_traditional(text: str) -> bool:
    """Whether a Chinese text has more characters that only Taiwan's set has than of the mainland's."""
    balance = 0
    for character in text:
        traditional, simplified = _within(character, _TRADITIONAL), _within(character, _SIMPLIFIED)
        balance += traditional - simplified
    return balance > 0


def _within(character: str, encoding: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
