"""The two sizes of bad input: a whole file, or one row of it."""


class FileError(Exception):
    """The upload is not what it locks to be: its run fails for this reason, which names the file."""


class RowError(Exception):
    """One row cannot be used; the rest of the file is unharmed."""

    def __init__(self, reason: str, *, column: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.column = column
