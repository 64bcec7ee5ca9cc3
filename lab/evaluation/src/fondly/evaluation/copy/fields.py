"""The fields of copy by name: `subject`, `preheader`, `intro`, `lines.1` and on, `closing`, `own.intro`."""

import re

from fondly.mailer.domain.copy.fields import OWN_TEXTS

LINES, OWN = "lines", "own"
BEFORE_LINES = ("subject", "preheader", "intro")
AFTER_LINES = ("closing",)
GROUPS = (*BEFORE_LINES, LINES, *AFTER_LINES)
_FRAMES = "|".join((*BEFORE_LINES, *AFTER_LINES))
_FIELD = re.compile(rf"^({_FRAMES}|{LINES}\.[1-9][0-9]?|{OWN}\.({'|'.join(OWN_TEXTS)}))$")
EXPECTED = (
    f"{', '.join((*BEFORE_LINES, *AFTER_LINES))}, {LINES}.N, or {OWN}. and one of {', '.join(OWN_TEXTS)}"
)


def is_field(name: str) -> bool:
    """Whether this names a field."""
    return _FIELD.match(name) is not None


def group(field: str) -> str:
    """Return what a field is counted under: all lines together, every other field by itself."""
    return LINES if number(field) else field


def number(field: str) -> int | None:
    """Return which product a line is about, counted from 1; None for other fields."""
    name, _, found = field.partition(".")
    return int(found) if name == LINES else None


def fields_of(products: int) -> tuple[str, ...]:
    """Return the fields of an email with so many products, as a reader meets them."""
    lines = (f"{LINES}.{each}" for each in range(1, products + 1))
    return (*BEFORE_LINES, *lines, *AFTER_LINES)
