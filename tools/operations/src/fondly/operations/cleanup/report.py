"""What a clean-up has deleted, what is left, and why."""

from pydantic import BaseModel


class Row(BaseModel):
    """One kind of thing; in a dry run `deleted` is what would be deleted."""

    what: str
    deleted: int = 0
    left: int = 0
    why: str | None = None
    """Why the rest is left."""
    failed: bool = False
    """Whether that is an error: the command can be run again."""


class Report:
    """Counts by kind, in the order in which they were first mentioned."""

    def __init__(self) -> None:
        self._rows: dict[str, Row] = {}

    @property
    def rows(self) -> list[Row]:
        """Every kind of which there was something."""
        return [row for row in self._rows.values() if row.deleted or row.left or row.why]

    @property
    def failed(self) -> bool:
        """Whether something is left that another try may delete."""
        return any(row.failed for row in self._rows.values())

    def deleted(self, what: str, count: int = 1) -> None:
        """Count what is deleted."""
        self._row(what).deleted += count

    def left(self, what: str, count: int, why: str) -> None:
        """Count what stays as it is, on purpose."""
        if count:
            row = self._row(what)
            row.left, row.why = row.left + count, why

    def note(self, what: str, why: str) -> None:
        """Say why something that cannot be counted stays as it is."""
        self._row(what).why = why

    def failure(self, what: str, why: str, count: int = 0) -> None:
        """Say why some things could not be deleted."""
        row = self._row(what)
        row.left, row.why, row.failed = row.left + count, why, True

    def again(self) -> None:
        """Forget what was left, and why: the steps are taken once more, and will say so."""
        for row in self._rows.values():
            row.left, row.why, row.failed = 0, None, False

    def _row(self, what: str) -> Row:
        return self._rows.setdefault(what, Row(what=what))
