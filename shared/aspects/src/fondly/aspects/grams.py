"""The words and word pairs of a sentence, with negated words marked, and the weights learned for them.

Training and reading share this module, so that they always agree. `NOT_` marking follows Das and Chen
(2001): a word within reach of a negation is another word.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files

from fondly.aspects.function_words import CLAUSE_ENDS
from fondly.aspects.opinions import NEGATION_REACH_WORDS, negates


def grams(words: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Yield each word and each adjacent pair of a sentence with the index of its last word."""
    reach, previous = 0, ""
    for index, word in enumerate(words):
        if word in CLAUSE_ENDS:
            reach, previous = 0, ""
            continue
        marked = f"NOT_{word}" if reach else word
        yield index, marked
        if previous:
            yield index, f"{previous} {marked}"
        previous = marked
        reach = NEGATION_REACH_WORDS if negates(word) else max(reach - 1, 0)


def tones(words: Sequence[str], weights: Mapping[str, float]) -> list[tuple[int, float]]:
    """Return the learned weights of words, and of pairs at their second word; above 0 praises."""
    return [(index, weights[gram]) for index, gram in grams(words) if gram in weights]


@lru_cache(maxsize=1)
def packaged_weights() -> Mapping[str, float]:
    """Return the learned weights of this package."""
    text = (files("fondly.aspects") / "data" / "grams.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines())
    return {gram: float(weight) for gram, weight in rows}
