"""The words of words.yaml."""

from functools import cache
from itertools import product

from encore.recommender.domain.taxonomy import read_table


@cache
def word_set(*lists: str) -> frozenset[str]:
    """Return all words of these lists in lower case."""
    return frozenset(word for name in lists for word in _list(name))


@cache
def german_colours() -> frozenset[str]:
    """Return German colours, joined with a tone and inflected: `dunkelblaues`."""
    tones, endings = ("", *_list("german tones")), ("", *_list("german endings"))
    return frozenset(map("".join, product(tones, _list("german colours"), endings)))


def _list(name: str) -> list[str]:
    text: str = read_table("words.yaml")[name]
    return text.casefold().split()
