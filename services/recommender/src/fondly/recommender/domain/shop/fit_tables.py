"""The tables of kinds.yaml and facts.yaml: what things are called, and how texts name what they fit by."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal, NamedTuple

from fondly.recommender.domain.shop.tables import filled, pattern_source, read_table
from fondly.recommender.domain.shop.taxonomy import words

_PIECES = re.compile(r"\bpcs\b")
_PLURALS = ("", "en", "er", "e", "n")
Group = Literal["devices", "accessories", "others"]


class Fact(NamedTuple):
    """What a product takes or offers: its kind, such as "port", and its value, such as "usb-c"."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of thing, as kinds.yaml describes it; `needs` is None where it is of use by itself."""

    name: str
    group: Group
    names: Sequence[str]
    also: Sequence[str] = ()
    takes: frozenset[Fact] = frozenset()
    offers: frozenset[Fact] = frozenset()
    reads: Sequence[str] = ()
    states: Sequence[str] = ()
    needs: tuple[frozenset[str], ...] | None = None
    among: Sequence[str] = ()
    instead: Mapping[str, str] = field(default_factory=dict)
    otherwise: str = ""
    beside: str = ""
    spans: str = ""
    general: bool = False
    vague: bool = False
    own: bool = False
    shows: bool = False


@cache
def kinds() -> Mapping[str, Kind]:
    """Return every kind by its name."""
    groups: tuple[Group, ...] = ("devices", "accessories", "others")
    table = read_table("kinds.yaml")
    return {name: _kind(name, group, table[group][name]) for group in groups for name in table[group]}


def _kind(name: str, group: Group, entry: Mapping[str, Any] | list[str]) -> Kind:
    own: dict[str, Any] = {"names": entry} if isinstance(entry, list) else dict(entry)
    devices = own.pop("device", [name]) if group == "devices" else []
    offers = facts_of(own.pop("offers", {})) | facts_of({"device": devices})
    if "needs" in own:
        own["needs"] = tuple(frozenset(each.split("|")) for each in own["needs"])
    return Kind(name=name, group=group, takes=facts_of(own.pop("takes", {})), offers=offers, **own)


def facts_of(values: Mapping[str, Iterable[str]]) -> frozenset[Fact]:
    """Return facts that are written by kind."""
    return frozenset(Fact(kind, value) for kind, each in values.items() for value in each)


def english(text: str) -> tuple[str, ...]:
    """Return a text's words in singular English, as the tables have them."""
    return words(_PIECES.sub("", text))


@cache
def by_head() -> Mapping[str, list[tuple[frozenset[str], Kind]]]:
    """Return the kinds by the last word of each name, also in the German plural, with all its words."""
    heads: dict[str, list[tuple[frozenset[str], Kind]]] = {}
    for kind in kinds().values():
        for *before, head in map(words, kind.names):
            for last in (head + ending for ending in _PLURALS):
                heads.setdefault(last, []).append((frozenset((*before, last)), kind))
    return heads


@cache
def device_names() -> tuple[re.Pattern[str], Mapping[str, str]]:
    """Return what finds the names of devices in a text of English words, and the devices by their names."""
    devices = [kind for kind in kinds().values() if kind.group == "devices"]
    names = {" ".join(words(name)): kind.name for kind in devices for name in (*kind.also, *kind.names)}
    longest = "|".join(sorted(names, key=len, reverse=True))
    return re.compile(rf"\b({longest})(?:{'|'.join(filter(None, _PLURALS))})?\b"), names


@cache
def apart_words() -> frozenset[str]:
    """Return the words that make something else of what is named before them, such as "organizer"."""
    table = read_table("kinds.yaml")
    return frozenset((*read_table("taxonomy.yaml")["apart"], *table["apart"])) - {*table["not apart"]}


def found(kind: str, text: str) -> set[str]:
    """Return the values of a kind that a text in lower case names; of most sizes only the first."""
    return {value for value, _ in places(kind, text)}


def places(kind: str, text: str) -> Iterator[tuple[str, re.Match[str]]]:
    """Yield the values that a text names, in order, each with its place."""
    compiled, values = _compiled(kind)
    for match in compiled.finditer(text):
        value = values[match.lastgroup or ""]
        if value != "=":
            yield value, match
        elif sizes := list(filter(None, match.groups()[match.lastindex or 0 :])):
            plain = (size.replace(",", ".").removesuffix(".0") for size in sizes)
            yield "x".join(sorted(plain, key=float)), match
            if kind not in table("all sizes"):
                return


def table(name: str) -> Any:  # noqa: ANN401 - each table has a form of its own
    """Return one of the tables of facts.yaml."""
    return read_table("facts.yaml")[name]


@cache
def makers() -> Mapping[str, str]:
    """Return the makers by every name that texts give them."""
    return {name: maker for maker, others in table("makers").items() for name in (maker, *others)}


@cache
def pattern(name: str) -> re.Pattern[str]:
    """Return one of the single patterns of facts.yaml, compiled."""
    return re.compile(pattern_source("facts.yaml", name), re.VERBOSE)


@cache
def _compiled(kind: str) -> tuple[re.Pattern[str], Mapping[str, str]]:
    entries = list(table(kind).items())
    joined = "|".join(f"(?P<g{number}>{expression})" for number, (_, expression) in enumerate(entries))
    values = {f"g{number}": str(value) for number, (value, _) in enumerate(entries)}
    source = rf"(?<![^\W_])(?<!\d[.,])(?:{joined})(?![^\W_])"
    return re.compile(filled(source, "facts.yaml")), values
