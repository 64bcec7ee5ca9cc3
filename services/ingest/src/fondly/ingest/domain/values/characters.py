"""One way to write figures: digits of any script, spaces, apostrophes and dashes as their ASCII equals."""

import unicodedata

_APOSTROPHES = "’‘ʼ´`′＇"  # noqa: RUF001 - the look-alikes are what is meant
_DASHES = "‐‑‒–—―−﹣－"  # noqa: RUF001
_FULL_WIDTH = dict(zip("．，％／：＋＄￥￡￦", ".,%/:+$¥£₩", strict=True))  # noqa: RUF001
# They change how a text is shown, not what it says: direction marks, zero-width space, byte order mark.
_MAX_KEPT = 4096
_INVISIBLE = "\u200b\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"


class _Characters(dict[int, str]):
    """A table for `str.translate` of the decimal digits and spaces of all scripts, but no `²` or `½`."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        digit = unicodedata.decimal(char, None)
        found = self[ord("0") + digit] if digit is not None else " " if char.isspace() else char
        if len(self) < _MAX_KEPT:
            self[code] = found
        return found


def _table(**digits: str) -> _Characters:
    plain = {**dict.fromkeys(_APOSTROPHES, "'"), **dict.fromkeys(_DASHES, "-"), **_FULL_WIDTH}
    invisible = dict.fromkeys(_INVISIBLE, "")
    return _Characters(
        {ord(char): plain_char for char, plain_char in {**plain, **invisible, **digits}.items()}
    )


_PLAIN = _table(**{digit: digit for digit in "0123456789"})
_SHAPE = _table(**dict.fromkeys("123456789", "9"), **{"0": "0"})


def plain(text: str) -> str:
    """Return the text with digits, spaces, apostrophes and dashes in ASCII, trimmed."""
    return (text if text.isascii() else text.translate(_PLAIN)).strip()


def shape(text: str) -> str:
    """Return the text with 9 for every digit but 0: figures of one shape are read by the same rule."""
    return text.translate(_SHAPE)
