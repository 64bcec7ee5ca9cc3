"""Train the packaged sentiment model: `train_sentiment.py --data DIR`.

DIR contains `train.jsonl.gz` and `dev.jsonl.gz` with one `{"text", "label", "src"}` per line; labels are POS,
NEG, NEU and MIX. Every choice (regularisation, features kept, reach of a negation, weight of single
statements) was made on the development set, on which the printed figures are measured.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import time
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix, diags
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score

from understudy.engines.sentiment.features import features, tokens
from understudy.engines.sentiment.model import CLASSES, WEIGHTS_FILE, SentimentModel

LABELS = {"MIX": "MIXED", "NEG": "NEGATIVE", "NEU": "NEUTRAL", "POS": "POSITIVE"}
PRODUCT_SOURCES = frozenset({"pros", "cons", "proscons", "liu"})
SHORT_SOURCES = frozenset({"pros", "cons", "liu", "rt"})

SEED = 7
JOINED_TEXTS = 6_000
KEPT_FEATURES = 20_000
REGULARISATION_C = 2.0

Row = dict[str, str]


def main() -> None:
    """Train, store the weights and print their figures on the development set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=WEIGHTS_FILE)
    options = parser.parse_args()
    train(read(options.data / "train.jsonl.gz"), options.out)
    report(SentimentModel.load(options.out), read(options.data / "dev.jsonl.gz"))
    print(f"size      {options.out.stat().st_size:,} bytes")


def read(path: Path) -> list[Row]:
    """Return the rows of a gzipped JSON-lines file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def train(rows: list[Row], out: Path) -> None:
    """Fit on all features, then again on those with the largest weights, and store the result."""
    rows = rows + joined(rows)
    texts, labels = [row["text"] for row in rows], [LABELS[row["label"]] for row in rows]
    vectors = CountVectorizer(analyzer=analyse, binary=True, min_df=2, dtype=np.float32)
    counts = vectors.fit_transform(texts)
    weight = np.abs(fit(counts, labels).coef_).max(axis=0)
    kept = np.sort(np.argsort(-weight, kind="stable")[:KEPT_FEATURES])
    model = fit(counts[:, kept], labels)
    store(model, vectors.get_feature_names_out()[kept], out)


def joined(rows: list[Row]) -> list[Row]:
    """Return longer texts joined from several statements: mixed if some praise and others blame.

    They teach a linear model that praise and blame together outweigh either.
    """
    rng = random.Random(SEED)  # noqa: S311 - a reproducible choice of examples
    pools = {
        label: [
            row["text"].rstrip(". ") for row in rows if row["label"] == label and row["src"] in SHORT_SOURCES
        ]
        for label in ("POS", "NEG", "NEU")
    }
    texts = []
    for _ in range(JOINED_TEXTS):
        label = rng.choice(["POS", "NEG", "MIX"])
        parts = [
            rng.choice(pools["NEG" if label == "NEG" else "POS"]),
            rng.choice(pools["POS" if label == "POS" else "NEG"]),
            *(rng.choice(pools["NEU"]) for _ in range(rng.randrange(3))),
        ]
        rng.shuffle(parts)
        texts.append({"text": ". ".join(parts) + ".", "label": label, "src": "joined"})
    return texts


def analyse(text: str) -> list[str]:
    """Return the features of a text, as the packaged model computes them."""
    return list(features(tokens(text)))


def fit(counts: csr_matrix, labels: list[str]) -> LogisticRegression:
    """Fit on rows scaled by the square root of their number of features, as the packaged model does."""
    sizes = np.maximum(np.asarray(counts.sum(axis=1)).ravel(), 1)
    scaled = diags(1 / np.sqrt(sizes)) @ counts
    return LogisticRegression(C=REGULARISATION_C, max_iter=500).fit(scaled, labels)


def store(model: LogisticRegression, names: list[str], out: Path) -> None:
    """Write the weights as bytes with one scale per class, an eighth of the size of doubles."""
    if tuple(model.classes_) != CLASSES:
        raise ValueError(f"the model has the classes {model.classes_}, expected {CLASSES}")
    weights = model.coef_.T
    scale = np.abs(weights).max(axis=0) / 127
    np.savez_compressed(
        out,
        vocabulary=np.frombuffer("\n".join(names).encode(), dtype=np.uint8),
        weights=np.round(weights / scale).astype(np.int8),
        scale=scale.astype(np.float32),
        bias=model.intercept_.astype(np.float32),
    )


def report(model: SentimentModel, rows: list[Row]) -> None:
    """Print accuracy and macro-F1 for all rows and for those about products, and the speed."""
    started = time.process_time()
    found = [scores.label for scores in model.score([row["text"] for row in rows])]
    seconds = time.process_time() - started
    expected = [LABELS[row["label"]] for row in rows]
    product = [row["src"] in PRODUCT_SOURCES for row in rows]
    for name, mask in (("all", [True] * len(rows)), ("products", product)):
        truth = [each for each, kept in zip(expected, mask, strict=True) if kept]
        guess = [each for each, kept in zip(found, mask, strict=True) if kept]
        accuracy, macro_f1 = accuracy_score(truth, guess), f1_score(truth, guess, average="macro")
        print(f"{name:9} {len(truth)} texts  accuracy {accuracy:.3f}  macro-F1 {macro_f1:.3f}")
    words = sum(len(row["text"].split()) for row in rows) / len(rows)
    print(f"speed     {len(rows) / seconds:,.0f} texts of {words:.0f} words per CPU second")


if __name__ == "__main__":
    main()
