"""What a product's name says besides its size, colour and quantity."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from unicodedata import normalize

from encore.contracts.records import Product
from encore.recommender.domain.taxonomy import filled, read_table
from encore.recommender.domain.words import german_colours, word_set

Key = tuple[str, ...]
"""Words of a name, sorted."""
MAX_COLOUR_WORDS = 2
"""So many words may be a colour's name if one of them is not known."""


class Reading(NamedTuple):
    """A name without sizes, colours and quantities.

    `base` also leaves out what may be a colour's name: an unknown word before a colour, and parts of one or
    two unknown words. `says_variant` is true if anything known was left out.
    """

    key: Key
    base: Key
    says_variant: bool


def _compiled(text: str) -> re.Pattern[str]:
    return re.compile(filled(text, "words.yaml"), re.VERBOSE)


_SIZES = tuple(map(_compiled, read_table("words.yaml")["sizes"]))
_INCHES = _compiled(r"\b(\d\d)(?:[.,]\d+)?[\s-]*{inch}(?!\w)")
_PARTS = re.compile(r"[,;|()\[\]{}]|\s[-\u2013\u2014/]+\s|(?<=\w)[-\u2013\u2014]\s|\s[-\u2013\u2014](?=\w)")
_SIZE = re.compile(r"[1-6]?\d[a-hlmrsy]{0,2}")
_WORD = re.compile(r"\w+(?:['\u2019]\w+)?")
_COLOURS = word_set("colours") | german_colours()
_SHADES, _TONES, _LABELS, _CONNECTORS = map(word_set, ("shades", "tones", "labels", "connectors"))
_UNLIKE_TONES, _UNCOLOURED, _CLEAR_SIZES = map(word_set, ("unlike tones", "uncoloured", "clear sizes"))
_GARMENTS, _WEARABLE = word_set("garments"), word_set("garments", "wearable")
_BESIDE_COLOURS = word_set("tones", "connectors", "labels")
_NAMES_OF_VARIANTS = _COLOURS | word_set("shades", "letter sizes")
_AT_THE_END = word_set("letter sizes", "garment sizes", "labels")


def read_name(product: Product) -> Reading:
    """Read what the product's name says; `key` is empty if it says nothing but size and colour.

    `product.variant` is left out too. A number counts as a size by its unit, by the word before it, or at the
    end of a part of a garment's name; any other is a model's: iPhone `12`, `500` W.
    """
    text = normalize("NFKC", product.name).casefold().replace("_", " ")
    words_of_name = _WORD.findall(text)
    parts = [found for part in _PARTS.split(_without_sizes(text)) if (found := _WORD.findall(part))]
    levels = _WORD.findall(" ".join(product.category).casefold())
    wearable = not (_GARMENTS.isdisjoint(words_of_name) and _WEARABLE.isdisjoint(levels))
    stated = set(_WORD.findall((product.variant or "").casefold()))
    key, base = (
        tuple(sorted(word for word in kept if word not in stated))
        for kept in (_kept(parts, wearable=wearable, guess=guess) for guess in (False, True))
    )
    return Reading(key, base, says_variant=len(key) < len(words_of_name))


def _may_be_a_colour(part: Sequence[str]) -> bool:
    return len(part) <= MAX_COLOUR_WORDS and "".join(part).isalpha() and _UNLIKE_TONES.isdisjoint(part)


def _without_sizes(text: str) -> str:
    """Drop sizes and quantities, and inches from model codes: the 43-inch `43Y1S` comes as `50Y1S` too."""
    sizes_of_screens = set(_INCHES.findall(text))
    for size in _SIZES:
        text = size.sub(" , ", text)
    for inches in sizes_of_screens:
        text = re.sub(rf"\b([a-z]*){inches}(?![\d.])", r"\1", text)
    return text


def _kept(parts: Sequence[Sequence[str]], *, wearable: bool, guess: bool) -> Iterator[str]:
    """Yield the words that are neither colours nor sizes; with `guess`, nor what may be a colour's name."""
    for place, part in enumerate(parts):
        if place == 0 or not _says_only_variant(part):
            plain = list(_plain(part, wearable=wearable, guess=guess))
            if place == 0 or not (guess and _may_be_a_colour(plain)):
                yield from plain


def _says_only_variant(part: Sequence[str]) -> bool:
    """Whether a part of a name is a colour, perhaps with one unknown word before it, or a size."""
    known = [word in _NAMES_OF_VARIANTS for word in part]
    rest = [word for word, is_known in zip(part, known, strict=True) if not is_known]
    besides = [word for word in rest if word not in _BESIDE_COLOURS]
    if not besides:
        return any(known) or not _LABELS.isdisjoint(part)
    named = (len(part) > 1 and part[0] in _LABELS) or (len(part) == MAX_COLOUR_WORDS and known[-1])
    return named and len(besides) == 1 and besides[0].isalpha() and besides[0] not in _UNLIKE_TONES


def _plain(part: Sequence[str], *, wearable: bool, guess: bool) -> Iterator[str]:
    dropped = {place for place in range(len(part)) if _is_variant_word(part, place, wearable=wearable)}
    dropped |= {place for last in dropped for place in _tones_before(part, last, guess=guess)}
    if wearable:
        dropped |= _sizes_at_the_end(part, dropped)
    for place, word in enumerate(part):
        between = {place - 1, place + 1} <= dropped and word in _CONNECTORS
        if place not in dropped and not between:
            yield word


def _is_variant_word(part: Sequence[str], place: int, *, wearable: bool) -> bool:
    word = part[place]
    if word in _COLOURS or (wearable and word in _SHADES):
        return part[place + 1 : place + 2] == [] or part[place + 1] not in _UNCOLOURED
    return word in _CLEAR_SIZES


def _tones_before(part: Sequence[str], colour: int, *, guess: bool) -> Iterator[int]:
    for place in reversed(range(colour)):
        if part[place] not in _TONES:
            if guess and place == colour - 1 and _may_be_a_colour([part[place]]):
                yield place
            return
        yield place


def _sizes_at_the_end(part: Sequence[str], dropped: set[int]) -> set[int]:
    sizes = set()
    for place in reversed(range(len(part))):
        if _SIZE.fullmatch(part[place]) or part[place] in _AT_THE_END:
            sizes.add(place)
        elif place not in dropped:
            break
    return sizes
