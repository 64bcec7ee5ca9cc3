"""What a product's name says besides its size, colour and quantity."""

import re
from collections.abc import Iterable, Iterator, Sequence
from unicodedata import normalize

from encore.contracts.records import Product
from encore.recommender.domain import words

Key = tuple[str, ...]
"""The remaining words of a name, sorted."""


def _any(patterns: Iterable[str]) -> str:
    return f"(?:{'|'.join(patterns)})".casefold()


_NUMBER = r"\d+(?:[.,/]\d+)?"
_UNIT = _any(words.UNITS)
_EDGE = rf"[whld]?\s?{_NUMBER}\s?(?:{_UNIT}|[whld])?"
_LETTER = r"(?:\d?x{0,4}[sl]|m|small|medium|large)"
_SIZES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b{_EDGE}(?:\s?[x×*]\s?{_EDGE})+(?!\w)",
        r"\bw\s?\d\d[\s/-]*l\s?\d\d\b",
        rf"\b{_NUMBER}\s?(?:-|to|bis)\s?{_NUMBER}[\s-]*{_any(words.AGES)}\b",
        rf"\b{_any(words.PACKS)}\s?(?:of|mit|von)\s?(?:{_NUMBER}|{_any(words.NUMBERS)})\b",
        rf"\b(?:{_NUMBER}|{_any(words.NUMBERS)})(?:er)?[\s-]*{_any(words.PACKS)}\b",
        rf"(?<![\w.])(?:{_NUMBER}\s?(?:-|to|bis)\s?)?{_NUMBER}[\s-]*{_UNIT}(?:\s+{_any(words.STORES)})*(?!\w)",
        r"(?<![\w.])\d{2,}\s?g(?!\w)",
        rf"\b{_any(words.NAMED_SIZES)}[\s-]size\b",
        rf"\b{_any(words.SIZE_SYSTEMS)}[\s.:=-]*(?:{_any(words.SIZE_SYSTEMS)}[\s.:=-]*)?"
        rf"(?:{_NUMBER}|{_LETTER})(?:\s?[-/]\s?(?:{_NUMBER}|{_LETTER}))?(?!\w)",
    )
)
_INCHES = re.compile(rf"\b(\d\d)(?:[.,]\d+)?[\s-]*{_any(words.INCHES)}(?!\w)")
_CODE = re.compile(r"\w*\d\w*")
_X_LARGE = re.compile(r"\b(x+)[\s-](small|large)\b")
_PARTS = re.compile(r"[,;|()\[\]{}]|\s[-–—/]+\s|(?<=\w)[-–—]\s|\s[-–—](?=\w)")
_WORD = re.compile(r"\w+(?:['’]\w+)?")
_TONED = re.compile(rf"{_any(words.GERMAN_TONES)}?{_any(words.GERMAN_COLOURS)}{_any(words.GERMAN_ENDINGS)}")


def variant_key(product: Product) -> Key:
    """Return what variants of the product have in common in their names; empty if nothing is left.

    Sizes, colours, quantities and `product.variant` are left out. A number counts as a size by its unit, by the
    word before it, or at the end of a part of a garment's name; any other is a model's: iPhone `12`, `500` W.
    """
    text = normalize("NFKC", product.name).casefold()
    text = _without_inches_in_codes(text)
    for size in _SIZES:
        text = size.sub(" , ", text)
    text = _X_LARGE.sub(r"\1\2", text)
    parts = [_WORD.findall(part) for part in _PARTS.split(text)]
    wearable = not words.WEARABLE.isdisjoint(_described(product, parts))
    stated = set(_WORD.findall((product.variant or "").casefold()))
    return tuple(
        sorted(word for word in _kept([p for p in parts if p], wearable=wearable) if word not in stated)
    )


def _without_inches_in_codes(text: str) -> str:
    """Drop the inches from model codes: a television of 43 inches called `43Y1S` comes as `50Y1S` too."""
    for inches in set(_INCHES.findall(text)):
        text = _CODE.sub(lambda code, size=inches: _without(code[0], size), text)
    return text


def _without(code: str, size: str) -> str:
    return code if code.isdecimal() else re.sub(rf"(?<!\d){size}(?!\d)", "", code, count=1)


def _described(product: Product, parts: Sequence[Sequence[str]]) -> Iterator[str]:
    for level in product.category:
        yield from _WORD.findall(level.casefold())
    for part in parts:
        yield from part


def _kept(parts: Sequence[Sequence[str]], *, wearable: bool) -> Iterator[str]:
    for place, part in enumerate(parts):
        if place == 0 or not _says_only_variant(part):
            yield from _plain(part, wearable=wearable)


def _says_only_variant(part: Sequence[str]) -> bool:
    """Whether a part of a name is a colour, perhaps with one unknown word before it, or a size."""
    known = [_is_colour(word) or word in words.SHADES or word in words.LETTER_SIZES for word in part]
    rest = [word for word, is_known in zip(part, known, strict=True) if not is_known]
    besides = [word for word in rest if word not in words.TONES | words.CONNECTORS | words.LABELS]
    if not besides:
        return any(known) or not words.LABELS.isdisjoint(part)
    named = len(part) > 1 and part[0] in words.LABELS or len(part) == 2 and known[-1]
    return named and len(besides) == 1 and besides[0].isalpha() and besides[0] not in words.UNLIKE_TONES


def _plain(part: Sequence[str], *, wearable: bool) -> Iterator[str]:
    """Yield the words of a part that are neither colours nor sizes."""
    dropped = {place for place in range(len(part)) if _is_variant_word(part, place, wearable=wearable)}
    dropped |= {place for last in dropped for place in _tones_before(part, last)}
    if wearable:
        dropped |= _sizes_at_the_end(part, dropped)
    for place, word in enumerate(part):
        beside = dropped & {place - 1, place + 1}
        joins = (word in words.LABELS and beside) or (word in words.CONNECTORS and len(beside) > 1)
        if place not in dropped and not joins:
            yield word


def _is_variant_word(part: Sequence[str], place: int, *, wearable: bool) -> bool:
    word = part[place]
    if _is_colour(word) or (wearable and word in words.SHADES):
        return part[place + 1 : place + 2] == [] or part[place + 1] not in words.UNCOLOURED
    return word in words.CLEAR_SIZES


def _tones_before(part: Sequence[str], colour: int) -> Iterator[int]:
    for place in reversed(range(colour)):
        if part[place] not in words.TONES:
            return
        yield place


def _sizes_at_the_end(part: Sequence[str], dropped: set[int]) -> set[int]:
    sizes = set()
    for place in reversed(range(len(part))):
        if _is_size(part[place]):
            sizes.add(place)
        elif place not in dropped:
            break
    return sizes


def _is_size(word: str) -> bool:
    return word in words.LETTER_SIZES or (word.isdecimal() and int(word) <= words.MAX_BARE_SIZE)


def _is_colour(word: str) -> bool:
    return word in words.COLOURS or _TONED.fullmatch(word) is not None
