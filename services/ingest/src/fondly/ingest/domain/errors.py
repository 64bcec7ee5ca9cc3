"""Errors in the input: of a whole file, of one row, or of one value.

What was found is a phrase for people: a value in quotes such as `'ask us'`, `nothing`, or `3 cells`.
"""

MAX_SHOWN_CHARS = 40
NOTHING = "nothing"


class FileError(Exception):
    """The file cannot be used; its run fails with this reason."""


class RowError(Exception):
    """One row cannot be used; the rest of the file is unaffected.

    `expected` is the same for all rows with the same fault, so that they can be counted; `found` is this
    row's, None where nothing can be shown.
    """

    def __init__(self, expected: str, *, column: str | None = None, found: str | None = None) -> None:
        super().__init__(described(expected, found))
        self.expected = expected
        self.column = column
        self.found = found

    @property
    def reason(self) -> str:
        """What was found and what is expected, in one line."""
        return str(self)


class UnreadableError(ValueError):
    """One value cannot be read: `expected` says what it should be, `found` what it is.

    Give the value itself, or a description where it must not be shown.
    """

    def __init__(self, expected: str, value: str | None = None, *, found: str | None = None) -> None:
        self.expected = expected
        self.found = found if value is None else quoted(value)
        super().__init__(described(expected, self.found))


def described(expected: str, found: str | None) -> str:
    """Return what was found and what is expected in one line."""
    return f"expected {expected}" if found is None else f"found {found}, expected {expected}"


def quoted(value: str) -> str:
    """Return the beginning of a value in quotes, control characters escaped; `nothing` if it is blank."""
    return repr(glimpse(value)) if value.strip() else NOTHING


def glimpse(text: str) -> str:
    """Return the beginning of a text, enough to recognise it by."""
    return text if len(text) <= MAX_SHOWN_CHARS else text[:MAX_SHOWN_CHARS] + "…"
