"""The labelled texts that the training scripts read."""

from __future__ import annotations

import gzip
import json
import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PRODUCT_SOURCES = frozenset({"pros", "cons", "liu"})
FILM_SOURCES = frozenset({"rt", "mr"})
TERM_SOURCES = frozenset({"liu"})
"""Sentences that are mostly about one feature of a product, so that their label is that of the feature."""

_TERM = re.compile(r"\{([^|{}]+)\|([-+0])\}")
_MARKS = {"-": "negative", "0": "neutral", "+": "positive"}


class Text(NamedTuple):
    """A short text with its label, POS, NEG, NEU or MIX, and the corpus that it is from."""

    text: str
    label: str
    source: str


class Term(NamedTuple):
    """A term of a sentence, `text[begin:end]`, and its polarity: negative, neutral or positive."""

    text: str
    begin: int
    end: int
    polarity: str
    group: str


def read_texts(path: Path) -> list[Text]:
    """Return the rows of a gzipped file with one `{"text", "label", "src"}` per line."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [Text(row["text"], row["label"], row["src"]) for row in map(json.loads, lines)]


def read_terms(path: Path) -> Iterator[Term]:
    """Yield the marked terms of lines such as `laptops: The {screen|+} is bright.`."""
    for line in path.read_text(encoding="utf-8").splitlines():
        group, marked = line.split(": ", 1)
        text = _TERM.sub(r"\1", marked)
        shift = 0
        for found in _TERM.finditer(marked):
            begin = found.start() - shift
            shift += len(found[0]) - len(found[1])
            yield Term(text, begin, begin + len(found[1]), _MARKS[found[2]], group)
