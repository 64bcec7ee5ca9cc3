"""Errors in the input: of a whole file, or of one row."""


class FileError(Exception):
    """The file cannot be used; its run fails with this reason."""


class RowError(Exception):
    """One row cannot be used; the rest of the file is unaffected."""

    def __init__(self, reason: str, *, column: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.column = column
