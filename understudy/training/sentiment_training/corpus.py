"""The labelled texts: reading them, and dropping those whose label is likely wrong."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from understudy.engines.sentiment.front import features
from understudy.engines.sentiment.joining import CLASSES
from understudy.engines.sentiment.reading import tokens

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

_LABELS = {"MIX": "MIXED", "NEG": "NEGATIVE", "NEU": "NEUTRAL", "POS": "POSITIVE"}

_NO_CONS = re.compile(
    r"^\W*(?:none\b|nothing\b|n/?a\b|"
    r"no (?:complaints?|cons?|negatives?|drawbacks?|problems?|issues?|"
    r"real|major|bad|flaws?|faults?|weakness\w*)\b|"
    r"(?:i )?(?:have|haven't|can't|cannot|couldn't) (?:not )?(?:found|find|think of|see)\b)"
    r"|\bno (?:complaints|cons|negatives?|drawbacks|negative factors)\b|\bto report\b|so far\W*$",
    re.IGNORECASE,
)
"""A text in a list of faults that says that there are none."""
_LEAST = {"pros": 0.15, "cons": 0.15}
_LEAST_SHORT, _SHORT_WORDS = 0.40, 3
_LEAST_NEUTRAL = 0.25
"""The least probability of a text's own label, from a model that did not see it, for the text to be kept."""
_TELLING_WORDS = 1_500
_TELLING_LETTERS = 5


@dataclass(frozen=True)
class Row:
    """A text with its label, or for joined texts the share of each class, and the corpus it comes from."""

    text: str
    shares: tuple[float, ...]
    source: str

    @property
    def label(self) -> str:
        """The class with the largest share."""
        return CLASSES[int(np.argmax(self.shares))]


def certain(label: str) -> tuple[float, ...]:
    """Return the shares of a text that has one label."""
    return tuple(float(name == label) for name in CLASSES)


def read(path: Path) -> list[Row]:
    """Return the rows of a gzipped JSON-lines file of `text`, `label` and `src`."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    return [Row(record["text"], certain(_LABELS[record["label"]]), record["src"]) for record in records]


def cleaned(rows: Sequence[Row], seed: int) -> list[Row]:
    """Return the rows without those whose label is likely wrong, judged by a model that did not see them."""
    likely = [row for row in rows if not (row.source == "cons" and _NO_CONS.search(row.text))]
    judged = [row for row in likely if row.label != "MIXED"]
    own = dict(zip(map(id, judged), _out_of_fold(judged, seed), strict=True))
    return [row for row in likely if own.get(id(row), 1.0) >= _least(row)]


def telling_words(rows: Sequence[Row]) -> list[str]:
    """Return the words that tell praise from blame best."""
    judged = [row for row in rows if row.label in {"NEGATIVE", "POSITIVE"}]
    vectors, counts = _counted(judged)
    model = LogisticRegression(C=1.0, max_iter=300).fit(counts, [row.label for row in judged])
    names = vectors.get_feature_names_out()
    order = np.argsort(-np.abs(model.coef_[0]), kind="stable")
    words = [names[index] for index in order if names[index].isalpha() and names[index].islower()]
    return sorted([word for word in words if len(word) >= _TELLING_LETTERS][:_TELLING_WORDS])


def words_in_use(texts: Sequence[str], at_least: int) -> list[str]:
    """Return the words that occur at least so often."""
    counts = Counter(word for text in texts for word in tokens(text) if word[0].isalpha())
    return sorted(word for word, count in counts.items() if count >= at_least)


def _least(row: Row) -> float:
    if row.label == "NEUTRAL":
        return _LEAST_NEUTRAL
    if row.source in _LEAST and len(row.text.split()) <= _SHORT_WORDS:
        return _LEAST_SHORT
    return _LEAST.get(row.source, 0.0)


def _out_of_fold(rows: Sequence[Row], seed: int) -> NDArray[np.float64]:
    labels = np.array([row.label for row in rows])
    _, counts = _counted(rows)
    folds = StratifiedKFold(5, shuffle=True, random_state=seed)
    model = LogisticRegression(C=0.3, max_iter=300)
    found = cross_val_predict(model, counts, labels, cv=folds, method="predict_proba")
    column = {name: index for index, name in enumerate(sorted(set(labels)))}
    own: NDArray[np.float64] = found[np.arange(len(rows)), [column[label] for label in labels]]
    return own


def _counted(rows: Sequence[Row]) -> tuple[CountVectorizer, csr_matrix]:
    vectors = CountVectorizer(
        analyzer=lambda text: list(features(tokens(text))), binary=True, min_df=2, dtype=np.float32
    )
    return vectors, vectors.fit_transform([row.text for row in rows])
