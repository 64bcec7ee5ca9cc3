"""A broken rule of copy."""

from dataclasses import dataclass

MAX_QUOTED_CHARS = 40


@dataclass(frozen=True)
class Problem:
    """In which field, which rule, and what breaks it."""

    field: str
    rule: str
    found: str = ""

    def __str__(self) -> str:
        """Return a line for the log, the records and the model."""
        quoted = f" ({self.found[:MAX_QUOTED_CHARS]!r})" if self.found else ""
        return f"{self.field}: {self.rule}{quoted}"
