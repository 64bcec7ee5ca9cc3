"""The words of a text with their places, in code points."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

_TOKEN = re.compile(
    r"(?P<address>(?:https?://|www\.)[^\s,]+)"
    r"|\d+(?:[.,]\d+)+"
    r"|[^\W_]+(?:['’][^\W\d_]+)?"  # noqa: RUF001 - the apostrophe that people type
    r"|[.!?।]+|[,;:()\n]|[-–—]{2,}|(?<= )[-–—](?= )"  # noqa: RUF001 - the dashes too
    r"|[\u2600-\u27bf\U0001f300-\U0001faff]"
)
SENTENCE_ENDS = frozenset(".!?।\n")
LONGEST_SENTENCE_WORDS = 100

_IRREGULAR = {
    "mice": "mouse",
    "menus": "menu",
    "movies": "movie",
    "knives": "knife",
    "shelves": "shelf",
    "lenses": "lens",
    "batterys": "battery",
    "buses": "bus",
}
_NO_PLURAL = ("ss", "us", "is")
_LONG_PLURAL = ("sses", "shes", "ches", "xes", "zes")
_SHORTEST_PLURAL = 4


class Words(NamedTuple):
    """A text's tokens in lower case, and where each begins and ends in the text."""

    words: list[str]
    begins: list[int]
    ends: list[int]


def words_of(text: str) -> Words:
    """Return the words, numbers, emoji and punctuation of a text, no addresses; a hyphen separates words."""
    found = [match for match in _TOKEN.finditer(text) if not match["address"]]
    words = [match.group().lower().replace("’", "'") for match in found]  # noqa: RUF001 - as above
    return Words(words, [match.start() for match in found], [match.end() for match in found])


def sentences(words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield each sentence's first index and the one after its last, cut at `LONGEST_SENTENCE_WORDS`."""
    begin = 0
    for index, word in enumerate(words):
        if word[0] in SENTENCE_ENDS:
            yield begin, index
            begin = index + 1
        elif index - begin == LONGEST_SENTENCE_WORDS:
            yield begin, index
            begin = index
    yield begin, len(words)


@lru_cache(maxsize=65_536)
def singular(word: str) -> str:
    """Return an English noun's singular by the common rules; verbs are changed alike, which does no harm."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) < _SHORTEST_PLURAL or not word.endswith("s") or word.endswith(_NO_PLURAL):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(_LONG_PLURAL):
        return word[:-2]
    return word.removesuffix("'s") if word.endswith("'s") else word[:-1]


def phrase_of(text: str) -> tuple[str, ...]:
    """Return the words of a text in the singular, as vocabularies have their phrases."""
    return tuple(singular(word) for word in words_of(text).words)
