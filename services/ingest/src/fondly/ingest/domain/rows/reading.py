"""How the values of one file are read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, partial
from typing import Any

from fondly.ingest.domain.markup import plain
from fondly.ingest.domain.values import moments, texts
from fondly.ingest.domain.values.categories import Path, decoded
from fondly.ingest.domain.values.conventions import Decided
from fondly.ingest.domain.values.links import LinkPolicy, read_url
from fondly.ingest.domain.values.numbers import read_count

MAX_NAME_CHARS = 2_000
KEPT_VALUES = 1_024
"""Of a column whose values repeat, such as quantities and days, so many are read once."""
MAX_CATEGORY_CHARS = 1_000
"""Personalize takes no longer text of a category."""
MAX_LABEL_CHARS = 200
MAX_TEXT_CHARS = 20_000
"""Keeps a record within DynamoDB's 400 KB per item in any script."""


def _shown(text: str, *, max_chars: int) -> str:
    return texts.bounded(plain(text), max_chars=max_chars)


name = partial(_shown, max_chars=MAX_NAME_CHARS)
label = partial(_shown, max_chars=MAX_LABEL_CHARS)
text = partial(texts.bounded, max_chars=MAX_TEXT_CHARS)


@dataclass(frozen=True)
class Reading:
    """What was decided for the fields of one file, and which links may be kept."""

    decided: Mapping[str, Decided]
    links: LinkPolicy
    default: Decided
    """For fields of which nothing had to be decided."""
    states: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """What the texts of columns of states mean (see `order_states.read_states`), by field."""
    _readers: dict[str, Callable[[str], Any]] = field(default_factory=dict, repr=False, compare=False)

    def of(self, field: str) -> Decided:
        """Return what was decided for a field."""
        return self.decided.get(field, self.default)

    def reader(self, field: str, read: Callable[..., Any]) -> Callable[[str], Any]:
        """Return what reads a field, always in the same way, by what was decided for it."""
        found = self._readers.get(field)
        if found is None:
            found = self._readers[field] = lru_cache(KEPT_VALUES)(partial(read, decided=self.of(field)))
        return found

    @cached_property
    def link(self) -> "partial[str]":
        """Reads the link of a product or a picture."""
        return partial(read_url, policy=self.links)

    def count(self, field: str) -> "partial[int]":
        """Return what reads how many there are of something."""
        return partial(read_count, decided=self.of(field))

    def categories(self, cell: str) -> tuple[Path, ...]:
        """Return the category paths of a cell, the most telling first."""
        paths = self.of("category").paths.read(decoded(text(cell)))
        for path in paths:
            texts.bounded("|".join(path), max_chars=MAX_CATEGORY_CHARS)
        return paths

    @property
    def timestamp(self) -> Callable[[str], int]:
        """Reads when a review was written or an order placed."""
        return self.reader("timestamp", moments.read_moment)
