"""Labelled texts."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_LABELS = {"MIX": "MIXED", "NEG": "NEGATIVE", "NEU": "NEUTRAL", "POS": "POSITIVE"}


@dataclass(frozen=True)
class LabelledText:
    """A text, its label and the corpus it comes from."""

    text: str
    label: str
    source: str


def labelled_texts(path: Path) -> list[LabelledText]:
    """Return the rows of a gzipped JSON-lines file of `text`, `label` and `src`."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    return [LabelledText(record["text"], _LABELS[record["label"]], record["src"]) for record in records]
