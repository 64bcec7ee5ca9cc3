"""What kind of thing a product is, as far as it matters for what fits what: see kinds.yaml."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any, Literal, NamedTuple

from encore.contracts.records import Product
from encore.recommender.domain.models import known_models
from encore.recommender.domain.taxonomy import Category, read_table, words

MIN_HEAD = 4
MIN_TAIL = 4
"""The shortest parts of a compound word, in letters."""
MAX_PHRASE = 4
MAX_SPAN = 5
"""How many words before the thing itself may be part of its name."""
MAX_PARTS = 3
"""How many parts of a name are looked at, in words and in commas."""
_PLURALS = ("en", "er", "e", "n")
MAX_START = 30
"""How far into a name a model stands that says what the thing is, in characters."""
_CACHED = 65_536
_TOKEN = re.compile(r"[^\W_]+")
_SEVERAL = re.compile(r"[&,;/+>|]|\s-\s|\b(?:and|und|et|y)\b")
_PART = re.compile(r"[,;:|(\[/]|\s[-\u2013\u2014]\s")
_END = re.compile(
    r"\s(?:for|with|without|compatible|suitable|fits?|works|supports?|w/|f\u00fcr|"
    r"passend|mit|ohne|inkl\.?|kompatibel|geeignet|pour|avec|compatibles?|para|con|sin|per|voor|met|geschikt|da)\s",
    re.IGNORECASE,
)


_MATERIALS = frozenset(("fabric", "jersey", "light", "linen", "magnet", "paper", "powder"))
_UNLIKE = frozenset(("book", "toy"))
_NAMED_BESIDE = frozenset(("bag", "household", "jewellery", "stationery"))
"""Other things among which shops keep accessories: a laptop bag among the bags."""


class Fact(NamedTuple):
    """What a product takes or offers: its kind, such as "port", and its value, such as "usb-c"."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of thing, as kinds.yaml describes it; `needs` is None where it is of use by itself."""

    name: str
    group: Literal["devices", "accessories", "others"]
    takes: frozenset[Fact] = frozenset()
    offers: frozenset[Fact] = frozenset()
    reads: Sequence[str] = ()
    states: Sequence[str] = ()
    needs: tuple[frozenset[str], ...] | None = None
    among: frozenset[str] = frozenset()
    instead: Mapping[str, str] = field(default_factory=dict)
    otherwise: str = ""
    beside: str = ""
    spans: str = ""
    general: bool = False
    vague: bool = False
    own: bool = False
    shows: bool = False


class _Match(NamedTuple):
    kind: Kind
    length: int
    head: str


def kind_of(product: Product) -> Kind | None:
    """Return the kind of thing that a product is; None if it is none that matters.

    The leaf of the category says it, unless the name is that of an accessory: a shop that has no category
    for cases keeps them beside the phones. A name counts as far as the first word such as "for" or "with".
    """
    kind = _kind_of(product.name, product.category)
    if kind is None or kind.group == "others":
        return None
    text = " ".join((product.name, *product.category)).lower()
    return None if kind.beside and not re.search(kind.beside, text) else kind


def otherwise(kind: Kind) -> Kind | None:
    """Return what a thing is instead whose vague name does not say what it fits."""
    return _kinds().get(kind.otherwise)


def _kind_of(name: str, category: Category) -> Kind | None:
    leaf, named = _of_leaf(category), list(_of_name(name))
    first = next((match for match, place in named if place == 0), None)
    is_accessory = first is not None and first.kind.needs is not None
    if leaf and leaf[0].kind.group == "others":
        is_beside = is_accessory and leaf[0].kind.name in _NAMED_BESIDE and first.length > 1
        return first.kind if is_beside else None
    if _is_unlike(category) or (first and first.kind.group == "others" and first.length > 1):
        return None
    if first and (len(category) == 1 or is_accessory) and not _is_vaguer(first, leaf):
        return first.kind
    heads = {match.head for match, _ in named}
    sure = [match for match in leaf if not (match.kind.general and match.kind.group == "devices")]
    chosen = next((match for match in leaf if match.head in heads), sure[0] if sure else None)
    chosen = chosen or next((match for match, _ in named), None) or _of_branch(category)
    return chosen.kind if chosen else _of_model(name.lower())


def _of_model(name: str) -> Kind | None:
    """Return the device that a name begins with a model of, where it says nothing else: "Galaxy A54 5G"."""
    models = () if _END.search(name) else known_models(name[:MAX_START])
    return _kinds()[models[0].device] if models else None


def other_of(product: Product) -> str | None:
    """Return what a thing that no device or accessory is, such as "clothing", by its category or name."""
    found = [*_of_leaf(product.category), *(match for match, _ in _of_name(product.name))]
    found += [match for level in product.category[:-1] for match in _of_leaf((level,))]
    return next((match.kind.name for match in found if match.kind.group == "others"), None)


def devices_in(text: Sequence[str]) -> frozenset[str]:
    """Return the devices that a text of English words names, each as what it is to accessories."""
    phrases, found, place = _device_phrases(), set[str](), 0
    while place < len(text):
        for length in range(min(MAX_PHRASE, len(text) - place), 0, -1):
            if device := phrases.get(tuple(text[place : place + length])):
                found.add(device)
                place += length - 1
                break
        place += 1
    return frozenset(found)


def devices_of(category: Category) -> frozenset[str]:
    """Return the devices that the lowest level of a category names that names any, except the root."""
    for level in reversed(category[1:]):
        if found := devices_in(words(level)):
            return found
    return frozenset()


def english(text: str) -> list[str]:
    """Return a text's words in singular English, as the tables have them."""
    return [word for token in _TOKEN.findall(text) if token.lower() != "pcs" for word in _english(token)]


@lru_cache(maxsize=_CACHED)
def _english(token: str) -> tuple[str, ...]:
    known = words(token)
    if len(known) != 1 or known[0] in _vocabulary() or not known[0].isalpha():
        return known
    word = known[0]
    for ending in _PLURALS:
        if word.endswith(ending) and word.removesuffix(ending) in _vocabulary():
            return (word.removesuffix(ending),)
    for cut in range(MIN_HEAD, len(word) - MIN_TAIL + 1):
        if tail := _tails().get(word[cut:]):
            return (*_english(word[:cut].removesuffix("s")), *tail)
    return known


def _of_name(name: str) -> Iterator[tuple[_Match, int]]:
    """Yield the kinds that the first parts of a name are, each with the place of its part."""
    for place, part in enumerate(_PART.split(_END.split(name.lower(), maxsplit=1)[0])[:MAX_PARTS]):
        if match := _best(english(part)):
            yield match, place


@lru_cache(maxsize=_CACHED)
def _of_leaf(category: Category) -> tuple[_Match, ...]:
    """Return the kinds that the leaf names, each part of it one; "TV, Cables & Mounts" are three."""
    if not category:
        return ()
    whole = _best(english(category[-1]))
    parts = [match for part in _SEVERAL.split(category[-1]) if (match := _best(english(part)))]
    if whole and (len(parts) < 2 or whole.length > max(match.length for match in parts)):  # noqa: PLR2004
        return (whole,)
    return tuple(sorted(parts, key=lambda match: match.kind.needs is None))


@lru_cache(maxsize=_CACHED)
def _of_branch(category: Category) -> _Match | None:
    """Return what a leaf is with the level above, or the device that this names: ("Laptops", "Acer")."""
    if len(category) < 2 or _SEVERAL.search(category[-2]):  # noqa: PLR2004 - a leaf and a level above
        return None
    above = english(category[-2])
    match = _best(above + english(category[-1])) or _best(above)
    return match if match and (match.kind.group == "devices" or match.length > 1) else None


@lru_cache(maxsize=_CACHED)
def _is_unlike(category: Category) -> bool:
    """Return whether any level is of books, toys or clothes alone, whose names are full of other things."""
    return any(
        match.kind.name in _UNLIKE and match.kind.group == "others"
        for level in category[:-1]
        if not _SEVERAL.search(level)
        for match in _of_leaf((level,))
    )


def _is_vaguer(found: _Match, leaf: Sequence[_Match]) -> bool:
    """Return whether the leaf says more precisely which accessory it is than a name does."""
    own_head = any(match.head == found.head and match.length >= found.length for match in leaf)
    accessories = [match for match in leaf if match.kind.needs is not None and not match.kind.offers]
    return own_head or (bool(accessories) and found.kind.general)


def _best(text: Sequence[str]) -> _Match | None:
    """Return the kind whose name ends last in a text, of several the one with the most and nearest words."""
    heads, apart = _by_head(), _apart()
    for place in range(len(text) - 1, -1, -1):
        before = text[max(0, place - MAX_SPAN) : place + 1]
        fitting = [entry for entry in heads.get(text[place], ()) if entry[0].issubset(before)]
        if fitting:
            own, kind = max(fitting, key=lambda entry: _rank(entry[0], before))
            other = next((name for word, name in kind.instead.items() if word in text), None)
            return _Match(_kinds()[other] if other else kind, len(own), text[place])
        if text[place] in apart:
            return None
    return None


def _rank(own: frozenset[str], before: Sequence[str]) -> tuple[bool, int, int]:
    """Rank a name by whether its words stand together, by their number, and by how near they are."""
    if len(own) == 1:
        return False, 1, 0
    backwards = before[::-1]
    far = sum(backwards.index(word) for word in own)
    return far == sum(range(len(own))), len(own), -far


@cache
def _by_head() -> Mapping[str, list[tuple[frozenset[str], Kind]]]:
    heads: dict[str, list[tuple[frozenset[str], Kind]]] = {}
    for phrase, kind in _phrases():
        heads.setdefault(phrase[-1], []).append((frozenset(phrase), kind))
    return heads


@cache
def _device_phrases() -> Mapping[tuple[str, ...], str]:
    also = {
        words(phrase): name for name, entry in _content("devices").items() for phrase in entry.get("also", ())
    }
    return also | {phrase: kind.name for phrase, kind in _phrases() if kind.group == "devices"}


@cache
def _apart() -> frozenset[str]:
    """The words that make something else of what is named before them, such as "organizer"."""
    return frozenset((*read_table("taxonomy.yaml")["apart"], *_content("apart"))) - _MATERIALS


@cache
def _tails() -> Mapping[str, tuple[str, ...]]:
    return {tail: words(tail) for tail in _content("tails")}


@cache
def _vocabulary() -> frozenset[str]:
    """The words of the tables' phrases."""
    return frozenset(word for phrase, _ in _phrases() for word in phrase) | _apart()


@cache
def _phrases() -> list[tuple[tuple[str, ...], Kind]]:
    others = {name: {"names": phrases} for name, phrases in _content("others").items()}
    entries = {**_content("devices"), **_content("accessories"), **others}
    return [(words(phrase), _kinds()[name]) for name, entry in entries.items() for phrase in entry["names"]]


@cache
def _kinds() -> Mapping[str, Kind]:
    others = {name: Kind(name=name, group="others") for name in _content("others")}
    accessories = {name: _kind(name, "accessories", entry) for name, entry in _content("accessories").items()}
    devices = {name: _kind(name, "devices", entry) for name, entry in _content("devices").items()}
    return others | accessories | devices


def _kind(name: str, group: Literal["devices", "accessories"], entry: Mapping[str, Any]) -> Kind:
    own = {key: value for key, value in entry.items() if key not in ("names", "also", "device")}
    devices = entry.get("device", [name]) if group == "devices" else []
    offers = _facts(own.pop("offers", {})) | {Fact("device", device) for device in devices}
    takes, among = _facts(own.pop("takes", {})), frozenset(own.pop("among", ()))
    if "needs" in own:
        own["needs"] = tuple(frozenset(each.split("|")) for each in own["needs"])
    return Kind(name=name, group=group, takes=takes, offers=offers, among=among, **own)


def _facts(values: Mapping[str, Iterable[str]]) -> frozenset[Fact]:
    return frozenset(Fact(kind, value) for kind, each in values.items() for value in each)


@cache
def _content(part: str) -> Any:  # noqa: ANN401 - each part has a form of its own
    return read_table("kinds.yaml")[part]
