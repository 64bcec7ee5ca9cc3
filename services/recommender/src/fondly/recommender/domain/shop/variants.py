"""What a product's name says besides its size, colour and quantity."""

import re
from collections.abc import Sequence
from unicodedata import normalize

from fondly.contracts.records import Product
from fondly.recommender.domain.shop.taxonomy import filled, german_colours, read_table, word_set

Key = tuple[str, ...]
"""Words of a name, sorted."""
_SIZES = tuple(re.compile(filled(one, "words.yaml"), re.VERBOSE) for one in read_table("words.yaml")["sizes"])
_BARE_SIZE = re.compile(r"[1-6]?\d[a-hlmrsy]{0,2}")
_WORD = re.compile(r"\w+(?:['\u2019]\w+)?")
_COLOURS = word_set("colours") | german_colours()
_OF_GARMENTS = _COLOURS | word_set("shades", "letter sizes")
_GARMENT_SIZES = word_set("letter sizes", "garment sizes", "labels")
_BEFORE_COLOURS, _UNCOLOURED = word_set("tones", "connectors", "labels"), word_set("uncoloured")
_CLEAR_SIZES, _GARMENTS, _WEARABLE = map(word_set, ("clear sizes", "garments", "wearable"))


def bare_name(product: Product) -> Key:
    """Return the words of a product's name but for sizes, colours and its `variant`; () if none are left.

    A number counts as a size by its unit, by the word before it, or at the end of a garment's name; any other
    is a model's: iPhone `12`, `500` W.
    """
    text = normalize("NFKC", product.name).casefold().replace("_", " ")
    levels = _WORD.findall(" ".join(product.category).casefold())
    is_wearable = not (
        _GARMENTS.isdisjoint(_WORD.findall(text)) and (_GARMENTS | _WEARABLE).isdisjoint(levels)
    )
    for size in _SIZES:
        text = size.sub(" ", text)
    words = _without_colours(_WORD.findall(text), _OF_GARMENTS if is_wearable else _COLOURS | _CLEAR_SIZES)
    while is_wearable and words and (_BARE_SIZE.fullmatch(words[-1]) or words[-1] in _GARMENT_SIZES):
        words.pop()
    stated = set(_WORD.findall((product.variant or "").casefold()))
    return tuple(sorted(word for word in words if word not in stated))


def _without_colours(words: Sequence[str], colours: frozenset[str]) -> list[str]:
    """Leave out colours, and tones before one; green `tea` is not black tea in another colour."""
    kept: list[str] = []
    before_colour, after = False, ""
    for word in reversed(words):
        is_colour = word in colours and after not in _UNCOLOURED
        before_colour = is_colour or (before_colour and word in _BEFORE_COLOURS)
        if not before_colour:
            kept.append(word)
        after = word
    return kept[::-1]
