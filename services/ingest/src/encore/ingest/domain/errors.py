"""Errors in the input: of a whole file, of one row, or of one value."""

MAX_SHOWN_CHARS = 40


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
    """One value cannot be read: `found` is the value, cut to a glimpse, `expected` what it should be."""

    def __init__(self, expected: str, found: str | None = None) -> None:
        shown = None if found is None else glimpse(found)
        super().__init__(described(expected, shown))
        self.expected = expected
        self.found = shown


def described(expected: str, found: str | None) -> str:
    """Return what was found and what is expected in one line."""
    return f"expected {expected}" if found is None else f"found {found!r}, expected {expected}"


def glimpse(text: str) -> str:
    """Return the beginning of a text, enough to recognise it by."""
    return text if len(text) <= MAX_SHOWN_CHARS else text[:MAX_SHOWN_CHARS] + "…"
