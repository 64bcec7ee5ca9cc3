"""The fields of copy by name: `subject`, `preheader`, `greeting`, `intro`, `lines.1` and so on, `closing`."""

import re

LINES = "lines"
BEFORE_LINES = ("subject", "preheader", "greeting", "intro")
AFTER_LINES = ("closing",)
GROUPS = (*BEFORE_LINES, LINES, *AFTER_LINES)
PATTERN = rf"^({'|'.join((*BEFORE_LINES, *AFTER_LINES))}|{LINES}\.[1-9][0-9]?)$"
_FIELD = re.compile(PATTERN)
EXPECTED = f"{', '.join((*BEFORE_LINES, *AFTER_LINES))} or {LINES}.N"


def is_field(name: str) -> bool:
    """Whether this names a field."""
    return _FIELD.match(name) is not None


def group(field: str) -> str:
    """Return what a field is counted under: all lines together, every other field by itself."""
    return field.partition(".")[0]


def number(field: str) -> int | None:
    """Return which product a line is about, counted from 1; None for other fields."""
    name, _, found = field.partition(".")
    return int(found) if name == LINES else None


def fields_of(products: int) -> tuple[str, ...]:
    """Return the fields of an email with so many products, as a reader meets them."""
    lines = (f"{LINES}.{each}" for each in range(1, products + 1))
    return (*BEFORE_LINES, *lines, *AFTER_LINES)
