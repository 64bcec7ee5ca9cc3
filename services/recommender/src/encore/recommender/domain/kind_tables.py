"""The tables of kinds.yaml: kinds of things, their names and their words."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any, Literal, NamedTuple

from encore.recommender.domain.taxonomy import read_table, words

MIN_HEAD = 4
MIN_TAIL = 4
"""The shortest parts of a compound word, in letters."""
_PLURALS = ("en", "er", "e", "n")
_CACHED = 65_536
_TOKEN = re.compile(r"[^\W_]+")
_MATERIALS = frozenset(("fabric", "jersey", "light", "linen", "magnet", "paper", "powder"))


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


@cache
def by_head() -> Mapping[str, list[tuple[frozenset[str], Kind]]]:
    """Return the kinds by the last word of each name, with all the words of that name."""
    heads: dict[str, list[tuple[frozenset[str], Kind]]] = {}
    for phrase, kind in _phrases():
        heads.setdefault(phrase[-1], []).append((frozenset(phrase), kind))
    return heads


@cache
def device_phrases() -> Mapping[tuple[str, ...], str]:
    """Return the devices by what an accessory's text calls them."""
    also = {
        words(phrase): name for name, entry in _content("devices").items() for phrase in entry.get("also", ())
    }
    return also | {phrase: kind.name for phrase, kind in _phrases() if kind.group == "devices"}


@cache
def apart_words() -> frozenset[str]:
    """Return the words that make something else of what is named before them, such as "organizer"."""
    return frozenset((*read_table("taxonomy.yaml")["apart"], *_content("apart"))) - _MATERIALS


@cache
def _tails() -> Mapping[str, tuple[str, ...]]:
    return {tail: words(tail) for tail in _content("tails")}


@cache
def _vocabulary() -> frozenset[str]:
    """The words of the tables' phrases."""
    return frozenset(word for phrase, _ in _phrases() for word in phrase) | apart_words()


@cache
def _phrases() -> list[tuple[tuple[str, ...], Kind]]:
    others = {name: {"names": phrases} for name, phrases in _content("others").items()}
    entries = {**_content("devices"), **_content("accessories"), **others}
    return [(words(phrase), kinds()[name]) for name, entry in entries.items() for phrase in entry["names"]]


@cache
def kinds() -> Mapping[str, Kind]:
    """Return every kind by its name."""
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


def _content(part: str) -> Any:  # noqa: ANN401 - each part has a form of its own
    return read_table("kinds.yaml")[part]
