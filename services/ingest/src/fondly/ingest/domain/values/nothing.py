"""What exports write for "no value"."""

_DASHES = frozenset({"", "-", "--", "\N{EN DASH}", "\N{EM DASH}"})
_FOLDED = _DASHES | {"null", "none", "nan", "n/a", "#n/a", "nil"}
_WRITTEN = _DASHES | {"NULL", "null", "None", "none", "nan", "NaN", "N/A", "n/a", "#N/A", "nil"}


def says_nothing(text: str) -> bool:
    """Return whether a cell that is no text has no value: it is empty, a dash, or a word for that."""
    return text.casefold() in _FOLDED


def is_no_text(text: str) -> bool:
    """Return whether a text is none, but what programs write there; `Null` and `Nan` are people's names."""
    return text in _WRITTEN
