"""How the values of one file are read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial

from fondly.ingest.domain.markup import plain
from fondly.ingest.domain.values import moments, texts
from fondly.ingest.domain.values.categories import Path, decoded
from fondly.ingest.domain.values.conventions import Decided
from fondly.ingest.domain.values.links import LinkPolicy, read_url
from fondly.ingest.domain.values.numbers import read_count

MAX_NAME_CHARS = 2_000
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

    def of(self, field: str) -> Decided:
        """Return what was decided for a field."""
        return self.decided.get(field, self.default)

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

    @cached_property
    def timestamp(self) -> "partial[int]":
        """Reads when a review was written or an order placed."""
        return partial(moments.read_moment, decided=self.of("timestamp"))
