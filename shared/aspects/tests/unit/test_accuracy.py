"""The packaged weights reach these figures; `training/train_polarity.py` prints more of them."""

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from fondly.aspects import AspectReader

SAMPLES = Path(__file__).parents[1] / "samples"
MARKED = re.compile(r"\{([^|{}]+)\|([-+0])\}")
LABELS = {"-": "negative", "0": "neutral", "+": "positive"}


def marked_terms(half: str) -> Iterator[tuple[str, int, int, str]]:
    """The terms of a half of the labelled sentences: text, begin, end, label."""
    for line in (SAMPLES / f"terms-{half}.txt").read_text(encoding="utf-8").splitlines():
        text, terms = "", []
        rest = line.split(": ", 1)[1]
        while found := MARKED.search(rest):
            text += rest[: found.start()]
            terms.append((len(text), len(text) + len(found[1]), LABELS[found[2]]))
            text, rest = text + found[1], rest[found.end() :]
        yield from ((text + rest, begin, end, label) for begin, end, label in terms)


@pytest.mark.parametrize(("half", "least"), [("tune", 0.87), ("test", 0.81)])
def test_given_terms_get_the_right_polarity(half: str, least: float) -> None:
    """Measured on sentences of this project; on strangers' sentences expect less, see the README."""
    reader = AspectReader.load()
    right: dict[str, list[bool]] = defaultdict(list)
    for text, begin, end, label in marked_terms(half):
        scores = reader.polarity(text, begin, end)
        right[label].append(max(LABELS.values(), key=lambda name: getattr(scores, name)) == label)
    answers = [answer for each in right.values() for answer in each]
    assert len(answers) > 200
    assert sum(answers) / len(answers) >= least
    assert all(sum(each) / len(each) >= 0.6 for each in right.values())
