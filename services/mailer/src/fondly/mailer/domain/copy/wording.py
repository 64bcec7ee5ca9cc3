"""A wording as the writer answers it: a text, and what it rests on."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

MAX_QUOTED_CHARS = 40
_LISTED = re.compile(r"name|b\d+")


class Evidence(NamedTuple):
    """A place in the facts, and the words of it that prove something."""

    source: str
    """The id of a bullet, a review, an aspect, a reason: a key of the ground's `sources`."""
    quote: str


class Wording(NamedTuple):
    """A text with slots for one field; its `evidence` is empty if it states nothing."""

    text: str
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True)
class Ground:
    """All that the texts of one question may rest on."""

    language: str
    brand: str
    sources: Mapping[str, str]
    """What may be cited, by id: `name`, `kind`, `b1` (bullets), `r1` (reviews), `a1` (aspects), `reason`,
    `own` (the customer's product that the reason is about), `s1` (the customer's own words)."""
    slots: Mapping[str, str]
    """The slots that exist, with values of which only lengths and kinds count."""
    reduced: bool = False
    """Whether the price is reduced, so that slots of the reduction exist."""
    goes_with_own: bool = False
    """Whether the reason ties the product to `own`: only then `{own}` may be named."""
    better_rated: bool = False
    """Whether the catalogue proves that it is rated higher than `own`."""
    of_several: bool = True
    """Whether the email has several products, and may speak of them so."""
    apology: bool = False

    @cached_property
    def told(self) -> str:
        """All sources, and the brand."""
        return " ".join((*self.sources.values(), self.brand))

    @cached_property
    def own_words(self) -> tuple[str, ...]:
        """The customer's sentences."""
        return tuple(text for source, text in self.sources.items() if is_own_word(source))

    @cached_property
    def listed(self) -> tuple[str, ...]:
        """What the catalogue says of the product."""
        return tuple(text for source, text in self.sources.items() if _LISTED.fullmatch(source))


def is_own_word(source: str) -> bool:
    """Whether a source is a sentence of the customer's."""
    return source[:1] == "s" and source[1:].isdigit()


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
