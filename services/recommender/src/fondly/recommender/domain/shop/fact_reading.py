"""Reads single facts from the text of a product: its connectors, sizes, models, makers and the like."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

from fondly.recommender.domain.shop import models
from fondly.recommender.domain.shop.fit_tables import (
    Fact,
    Kind,
    facts_of,
    found,
    makers,
    pattern,
    places,
    table,
)
from fondly.recommender.domain.shop.kinds import devices_in, devices_of
from fondly.recommender.domain.shop.names import joined
from fondly.recommender.domain.shop.taxonomy import Category

MAX_BEFORE = 4
"""How many words into a name the maker stands whose devices an accessory is for."""
_WORD = re.compile(r"[^\W_]+")
_PLUGS_OF_CHARGERS = frozenset(("usb-a", "usb-b"))
_HOSTS = ("phone", "tablet", "laptop", "computer")
"""What adapters are plugged into, rather than what is charged by the same connector."""


@dataclass(frozen=True, slots=True)
class Text:
    """What a product says of itself, in lower case; `makers` are the brands of devices in the shop."""

    kind: Kind
    name: str
    more: str
    category: Category
    brand: str | None
    makers: AbstractSet[str]

    @property
    def made_for(self) -> str:
        """The part of the name after the first word such as "for", up to a word such as "with"."""
        start = pattern("for").search(self.name)
        return pattern("end of for").split(self.name[start.end() :], maxsplit=1)[0] if start else ""


_APPLE, _OTHERS = Fact("ecosystem", "apple"), Fact("ecosystem", "others")
_Reader = Callable[[Text], Iterable[Fact]]


def taken(text: Text) -> frozenset[Fact]:
    """Return what a product takes; a tool without a battery takes that of its platform."""
    is_bare = "cordless" in text.kind.states and pattern("bare").search(f"{text.name}\n{text.more}")
    names = (*text.kind.reads, "cordless") if is_bare else text.kind.reads
    return text.kind.takes.union(*(_read(name, _TAKEN, text) for name in names))


def offered(text: Text) -> frozenset[Fact]:
    """Return what a product offers."""
    read = (_read(name, _OFFERED, text) for name in (*text.kind.states, "mains"))
    return text.kind.offers.union(*read, _own_makers(text))


def _read(name: str, readers: Mapping[str, _Reader], text: Text) -> Iterable[Fact]:
    """Return what a reader of this name reads, or else what the table of this name finds.

    The name counts, or if it says nothing the category, or for some tables the bullets.
    """
    if reader := readers.get(name):
        return reader(text)
    more = text.more if name in table("in bullets") else ""
    texts = (text.name, " ".join(text.category).lower(), more)
    values = next(filter(None, (found(name, each) for each in texts)), ())
    return facts_of({table("read as").get(name, name): values})


def _stated(kind: str, text: Text) -> Iterable[Fact]:
    """Return what all of a device's text says that it has, unless its model tells that."""
    known = [fact for fact in _told_by_model(text) if fact.kind == kind]
    if known or (kind == "port" and "link" in text.kind.reads and not pattern("wireless").search(text.name)):
        return known  # what headphones with a wire say is their plug
    unlikely = set(_PLUGS_OF_CHARGERS)
    unlikely |= {"lightning"} if text.brand not in (None, "apple", "beats") else set()
    unlikely |= {"sd"} if text.kind.name not in table("sd cards") else set()
    return facts_of({kind: (found(kind, text.name) | found(kind, text.more)) - unlikely})


def told_by_models(name: str) -> frozenset[Fact]:
    """Return what all the models that a name has are known to have: connectors, and whose phones they are."""
    sets = [facts_of(models.connectors(model.name)) for model in models.known_models(name)]
    return frozenset.intersection(*sets) if sets else frozenset()


def _told_by_model(text: Text) -> Iterable[Fact]:
    """Return which connectors a device has by its model, or because it is a phone for 5G."""
    known = [fact for fact in told_by_models(text.name) if fact.kind != "ecosystem"]
    is_new = text.kind.name == "phone" and "5g" in _WORD.findall(text.name)
    return known or facts_of({"port": ["usb-c"] * is_new})


def _ends(text: Text) -> Iterable[Fact]:
    """Return the connectors of a cable that go into devices, rather than into a charger or computer."""
    for part in (text.name, text.more):
        if values := found("port", part) - {"usb-a"}:
            to_other = len(values) > 1 and pattern("usb-c to other").search(part)
            return facts_of({"port": values - {"usb-c"} if to_other else values})
    return [fact for fact in _told_by_model(text) if fact.kind == "port"]


def _own_cable(text: Text) -> Iterable[Fact]:
    """Return the connectors of the cable that a charger comes with."""
    cable = pattern("with cable").search(text.name)
    return facts_of({"port": found("port", cable[1]) - _PLUGS_OF_CHARGERS if cable else ()})


def _first_end(text: Text) -> Iterable[Fact]:
    """Return the connector of an adapter that goes into the device that one has."""
    for kind in ("port", "video", "audio"):
        if first := [Fact(kind, value) for value, _ in places(kind, text.name) if value != "usb-a"][:1]:
            return (*first, *facts_of({"device": _HOSTS if kind == "port" else ()}))
    return ()


def _link(text: Text) -> Iterable[Fact]:
    """Return how headphones and loudspeakers are connected."""
    if pattern("wireless").search(text.name):
        return (Fact("interface", "bluetooth"),)
    plugs = found("port", text.name) & {"usb-c", "lightning"}
    is_wired = pattern("wired").search(text.name) or pattern("wired").search(text.more)
    return facts_of({"port": plugs}) if plugs else [Fact("audio", "3.5mm")] * bool(is_wired)


def _cordless(text: Text) -> Iterable[Fact]:
    """Return the battery platform of a tool: a known one, or else that of its maker and whole volts."""
    known = found("cordless", text.name) or found("cordless", text.more)
    volts = filter(str.isdecimal, found("volt", text.name) if text.brand else ())
    brand = makers().get(text.brand or "", text.brand)
    return facts_of({"cordless": known or [f"{brand} {volt}v" for volt in volts]})


def _devices(text: Text) -> Iterable[Fact]:
    values = {model.device for model in models.known_models(text.name)} or devices_in(text.name)
    if "series" in text.kind.reads:
        named = found("series", text.name)
        values = values.union(*(table("series_devices").get(series, ()) for series in named))
    return facts_of({"device": values.intersection(text.kind.among or values) or devices_of(text.category)})


def _models(text: Text, *, own: bool) -> Iterable[Fact]:
    """Return the models that an accessory says that it is for, or the own one of a device."""
    known = [model.name for model in models.known_models(text.name)][: 1 if own else None]
    return facts_of({"model": known or models.device_models(text.name if own else text.made_for)})


def _own_makers(text: Text) -> Iterable[Fact]:
    first = _WORD.findall(text.name)[:2]
    known = [makers()[name] for name in (*first, "".join(first)) if name in makers()]
    own = [makers().get(text.brand, text.brand)] if text.brand else []
    return facts_of({"maker": own + known}) if text.kind.group == "devices" else ()


def _makers(text: Text) -> Iterable[Fact]:
    """Return whose devices an accessory is for: whom it names, or else its own maker where that is usual."""
    begin, brand = " ".join(text.name.split()[:MAX_BEFORE]), text.brand or ""
    values = list(_mentioned(text.made_for, text.makers)) or list(_mentioned(begin, frozenset()))
    if not values and text.kind.own and (brand in text.makers or brand in makers()):
        values = [makers().get(brand, brand)]
    return facts_of({"maker": values})


def _mentioned(text: str, of_shop: AbstractSet[str]) -> Iterator[str]:
    names = [joined(word) for word in _WORD.findall(text)]
    for word, following in pairwise((*names, "")):
        known = [name for name in (word + following, word) if name in makers() or name in of_shop]
        yield from (makers().get(name, name) for name in known[:1])


def _inches(text: Text) -> Iterable[Fact]:
    return facts_of({"inches": map(str, models.inches(text.name, text.more, text.kind))})


_TAKEN: Mapping[str, _Reader] = {
    "inches": _inches,
    "link": _link,
    "cordless": _cordless,
    "end": _ends,
    "first end": _first_end,
    "port": lambda text: facts_of({"port": found("port", text.name) - _PLUGS_OF_CHARGERS}),
    "own cable": _own_cable,
    "device": _devices,
    "maker": _makers,
    "model": partial(_models, own=False),
    "code": lambda text: facts_of({"model": models.codes(text.name) | models.codes(text.more)}),
}
_OFFERED: Mapping[str, _Reader] = {
    "inches": _inches,
    "cordless": _cordless,
    "ecosystem": lambda text: (_APPLE if Fact("maker", "apple") in _own_makers(text) else _OTHERS,),
    **{kind: partial(_stated, kind) for kind in ("port", "video", "audio", "card", "charging")},
    "model": partial(_models, own=True),
    "code": lambda text: facts_of({"model": models.codes(text.name) | models.codes_of_cartridges(text.more)}),
}
