"""Train the polarity of terms: `train_polarity.py --data DIR`.

DIR contains `train.jsonl.gz` and `dev.jsonl.gz`, see `corpora.py`. Two linear models are fitted. The first
weighs words and word pairs that praise or blame; the second joins their tone with the lexicon's opinions
around a term. It learns from terms of the vocabulary in sentences about a feature, with tones from models
that have not seen the sentence, and from the half `terms-tune.txt` of the hand-labelled terms.
`terms-test.txt` is measured and not fitted.
"""

from __future__ import annotations

import argparse
import json
import time
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from corpora import FILM_SOURCES, PRODUCT_SOURCES, TERM_SOURCES, Term, Text, read_terms, read_texts
from scipy.sparse import diags
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score

import fondly.aspects
from fondly.aspects.grams import grams
from fondly.aspects.opinions import OpinionLexicon
from fondly.aspects.polarity import CLASSES, FEATURES, PolarityModel, features
from fondly.aspects.reader import AspectReader, label_of
from fondly.aspects.vocabulary import Vocabulary
from fondly.aspects.words import sentences, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

PACKAGED = Path(fondly.aspects.__file__).parent / "data"
SAMPLES = Path(__file__).parents[1] / "tests" / "samples"
POLARITIES = {"NEG": "negative", "NEU": "neutral", "POS": "positive"}

FOLDS = 5
LEAST_COUNT = 3
KEPT_GRAMS = 8_000
GRAMS_C = 1.0
TERMS_C = 0.3
TUNE_WEIGHT = 10.0
"""How many corpus terms one hand-labelled term counts for: the corpus labels sentences, not terms."""


def main() -> None:
    """Train, store the weights and print their figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    options = parser.parse_args()
    train(read_texts(options.data / "train.jsonl.gz"))
    reader = AspectReader.load()
    report("tune", reader, list(read_terms(SAMPLES / "terms-tune.txt")))
    report("test", reader, list(read_terms(SAMPLES / "terms-test.txt")))
    report("corpus", reader, list(corpus_terms(read_texts(options.data / "dev.jsonl.gz"))))
    report_speed(reader, read_texts(options.data / "dev.jsonl.gz"))


def train(texts: Sequence[Text]) -> None:
    """Fit both models and store their weights."""
    polar = [
        text
        for text in texts
        if text.source in PRODUCT_SOURCES | FILM_SOURCES and text.label in ("NEG", "POS")
    ]
    weights = fit_grams(polar)
    rows = [f"{gram}\t{weight:.2f}" for gram, weight in sorted(weights.items())]
    (PACKAGED / "grams.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    values, labels = [], []
    terms = list(corpus_terms(texts))
    for fold in range(FOLDS):
        unseen = fit_grams([text for text in polar if fold_of(text.text) != fold])
        held_out = [term for term in terms if fold_of(term.text) == fold]
        values += term_features(unseen, held_out)
        labels += [term.polarity for term in held_out]
    tuned = list(read_terms(SAMPLES / "terms-tune.txt"))
    values += term_features(weights, tuned)
    counts = [1.0] * len(labels) + [TUNE_WEIGHT] * len(tuned)
    labels += [term.polarity for term in tuned]
    store(LogisticRegression(C=TERMS_C, max_iter=3000).fit(values, labels, sample_weight=counts))


def fold_of(text: str) -> int:
    """Return the fold of a text, the same in every process."""
    return zlib.crc32(text.encode()) % FOLDS


def corpus_terms(texts: Sequence[Text]) -> Iterator[Term]:
    """Yield the vocabulary's terms in sentences about a feature, each with the sentence's label."""
    vocabulary = Vocabulary.packaged()
    for text in texts:
        if text.source in TERM_SOURCES and text.label in POLARITIES:
            words = words_of(text.text)
            for first, last in sentences(words.words):
                for found in vocabulary.find(words.words[first:last]):
                    begin, end = words.begins[first + found.begin], words.ends[first + found.end - 1]
                    yield Term(text.text, begin, end, POLARITIES[text.label], text.source)


def fit_grams(texts: Sequence[Text]) -> dict[str, float]:
    """Return the weights of the words and pairs that tell praise from blame best."""
    vectors = CountVectorizer(analyzer=analyse, binary=True, min_df=LEAST_COUNT, dtype=np.float64)
    counts = vectors.fit_transform([text.text for text in texts])
    sizes = np.maximum(np.asarray(counts.sum(axis=1)).ravel(), 1)
    model = LogisticRegression(C=GRAMS_C, max_iter=500)
    weights = model.fit(diags(1 / np.sqrt(sizes)) @ counts, [text.label == "POS" for text in texts]).coef_[0]
    names = vectors.get_feature_names_out()
    return {
        names[index]: weights[index] for index in np.argsort(-np.abs(weights), kind="stable")[:KEPT_GRAMS]
    }


def analyse(text: str) -> list[str]:
    """Return the words and pairs of a text's sentences."""
    words = words_of(text).words
    return [gram for begin, end in sentences(words) for _, gram in grams(words[begin:end])]


def term_features(weights: Mapping[str, float], terms: Sequence[Term]) -> list[list[float]]:
    """Return the features of each term with these weights of words and pairs."""
    untrained = PolarityModel(dict.fromkeys(("bias", *FEATURES), (0.0, 0.0, 0.0)))
    reader = AspectReader(Vocabulary.packaged(), OpinionLexicon.packaged(), weights, untrained)
    return [features(*reader.locate(term.text, term.begin, term.end)) for term in terms]


def store(model: LogisticRegression) -> None:
    """Write the weights of each feature: for negative, neutral and positive."""
    if tuple(model.classes_) != CLASSES:
        raise ValueError(f"the model has the classes {model.classes_}, expected {CLASSES}")
    named = zip(("bias", *FEATURES), (model.intercept_, *model.coef_.T), strict=True)
    rows = [f'  "{name}": {json.dumps([round(float(weight), 3) for weight in row])}' for name, row in named]
    (PACKAGED / "polarity.json").write_text("{\n" + ",\n".join(rows) + "\n}\n", encoding="utf-8")


def report(name: str, reader: AspectReader, terms: Sequence[Term]) -> None:
    """Print accuracy and macro-F1 for all terms, and the accuracy of each group."""
    truth = [term.polarity for term in terms]
    guess = [label_of(reader.polarity(term.text, term.begin, term.end)).lower() for term in terms]
    macro_f1 = f1_score(truth, guess, average="macro")
    print(
        f"{name:7} {len(terms)} terms  accuracy {accuracy_score(truth, guess):.3f}  macro-F1 {macro_f1:.3f}"
    )
    for group in sorted({term.group for term in terms}):
        right = [a == b for a, b, term in zip(truth, guess, terms, strict=True) if term.group == group]
        print(f"  {group:11} {len(right):4} terms  accuracy {sum(right) / len(right):.3f}")


def report_speed(reader: AspectReader, texts: Sequence[Text]) -> None:
    """Print how many reviews of about 44 words, joined from texts, are read in a CPU second."""
    words = " ".join(text.text for text in texts if text.source in PRODUCT_SOURCES).split(" ")
    reviews = [" ".join(words[index : index + 44]) for index in range(0, len(words), 44)] * 10
    started = time.process_time()
    mentions = sum(len(reader.read(review)) for review in reviews)
    seconds = time.process_time() - started
    speed, density = len(reviews) / seconds, mentions / len(reviews)
    print(f"speed   {speed:,.0f} reviews of 44 words per CPU second, {density:.1f} mentions each")


if __name__ == "__main__":
    main()
