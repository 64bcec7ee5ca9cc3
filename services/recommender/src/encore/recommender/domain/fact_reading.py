"""Reads single facts from the text of a product: its connectors, sizes, models, makers and the like."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import partial
from itertools import chain, pairwise

from encore.contracts.records import Product
from encore.recommender.domain.brands import joined
from encore.recommender.domain.fit_tables import Fact, Kind, english, found, makers, pattern, places, table
from encore.recommender.domain.inches import inches
from encore.recommender.domain.kinds import devices_in, devices_of
from encore.recommender.domain.models import (
    codes,
    codes_of_cartridges,
    connectors,
    device_models,
    known_models,
)
from encore.recommender.domain.taxonomy import Category

MAX_BEFORE = 4
"""How many words into a name the maker stands whose devices an accessory is for."""
_WORD = re.compile(r"[^\W_]+")
_5G = re.compile(r"\b5g\b")
_HOSTS = ("phone", "tablet", "laptop", "computer")
"""What adapters are plugged into, rather than what is charged by the same connector."""
_Reader = Callable[["Text"], Iterable[Fact]]


@dataclass(frozen=True, slots=True)
class Text:
    """What a product says of itself, in lower case; `makers` are the brands of devices in the shop."""

    kind: Kind
    name: str
    more: str
    category: Category
    brand: str | None
    makers: AbstractSet[str]

    @classmethod
    def of(cls, product: Product, kind: Kind, brand: str | None, makers: AbstractSet[str]) -> "Text":
        """Read a product."""
        more = "\n".join(product.bullets).lower()
        return cls(kind, product.name.lower(), more, product.category, brand, makers)

    @property
    def made_for(self) -> str:
        """The part of the name after the first word such as "for", up to a word such as "with"."""
        start = pattern("for").search(self.name)
        return pattern("end of for").split(self.name[start.end() :], maxsplit=1)[0] if start else ""


def taken(text: Text) -> frozenset[Fact]:
    """Return what a product takes."""
    return text.kind.takes.union(*(_read(name, _TAKEN, text) for name in text.kind.reads))


def offered(text: Text) -> frozenset[Fact]:
    """Return what a product offers."""
    read = (_read(name, _OFFERED, text) for name in text.kind.states)
    return text.kind.offers.union(*read, _own_makers(text))


def people_facts(product: Product) -> frozenset[Fact]:
    """Return the diets and the types of skin that food and care products say that they are for."""
    text = "\n".join((product.name, *product.bullets)).lower()
    return frozenset(chain.from_iterable(_facts(kind, found(kind, text)) for kind in ("diet", "skin")))


def _read(name: str, readers: Mapping[str, _Reader], text: Text) -> Iterable[Fact]:
    return readers[name](text) if name in readers else _plain(name, text)


def _facts(kind: str, values: Iterable[str]) -> Iterator[Fact]:
    return (Fact(kind, value) for value in values)


def _plain(name: str, text: Text) -> Iterator[Fact]:
    """Yield what the name says, or if it says nothing the category, or for some kinds the bullets."""
    values = found(name, text.name) or found(name, " ".join(text.category).lower())
    if not values and name in table("in bullets"):
        values = found(name, text.more)
    return _facts(table("facts").get(name, name), values - {"sd"} if "microsd" in values else values)


def _stated(kind: str, text: Text) -> Iterator[Fact]:
    """Yield what all of a device's text says that it has, unless its model tells that."""
    known = [fact for fact in _model_facts(text) if fact.kind == kind]
    if known or (kind == "port" and "link" in text.kind.reads and not pattern("wireless").search(text.name)):
        return iter(known)  # what headphones with a wire say is their plug
    name = "ends" if kind == "port" else kind
    values = (found(name, text.name) | found(name, text.more)) - {"usb-a", "usb-b"}
    unlikely = {"lightning"} if text.brand not in (None, "apple", "beats") else set[str]()
    if text.kind.name not in table("sd cards"):
        unlikely.add("sd")
    return _facts(table("facts").get(kind, kind), values - unlikely)


def _model_facts(text: Text) -> Iterator[Fact]:
    """Yield which connectors a device has by its model."""
    known = [connectors(model.name) for model in known_models(text.name)]
    if not any(known) and text.kind.name == "phone" and _5G.search(text.name):
        known = [{"port": ["usb-c"]}]
    return chain.from_iterable(_facts(kind, values) for facts in known for kind, values in facts.items())


def _ends(text: Text) -> Iterator[Fact]:
    """Yield the connectors of a cable that go into devices, rather than into a charger or computer."""
    for part in (text.name, text.more):
        if values := found("ends", part) - {"usb-a"}:
            to_other = len(values) > 1 and pattern("usb-c to other").search(part)
            return _facts("port", values - {"usb-c"} if to_other else values)
    return (fact for fact in _model_facts(text) if fact.kind == "port")


def _own_cable(text: Text) -> Iterator[Fact]:
    """Yield the connectors of the cable that a charger comes with."""
    cable = pattern("with cable").search(text.name)
    return _facts("port", found("ends", cable[1] if cable else "") - {"usb-a", "usb-b"})


def _first_end(text: Text) -> Iterator[Fact]:
    """Yield the connector of an adapter that goes into the device that one has."""
    for kind in ("ends", "video", "audio"):
        first = [value for value, _ in places(kind, text.name) if value != "usb-a"][:1]
        if first:
            hosts = _facts("device", _HOSTS if kind == "ends" else ())
            return chain(_facts(table("facts").get(kind, kind), first), hosts)
    return iter(())


def _link(text: Text) -> Iterator[Fact]:
    """Yield how headphones and loudspeakers are connected."""
    if pattern("wireless").search(text.name):
        yield Fact("interface", "bluetooth")
    elif plugs := found("ends", text.name) & {"usb-c", "lightning"}:
        yield from _facts("port", plugs)
    elif pattern("wired").search(text.name) or pattern("wired").search(text.more):
        yield Fact("audio", "3.5mm")


def _devices(text: Text) -> Iterator[Fact]:
    values = {model.device for model in known_models(text.name)} or devices_in(english(text.name))
    if "series" in text.kind.reads:
        named = found("series", text.name)
        values = values.union(*(table("series_devices").get(series, ()) for series in named))
    among = text.kind.among
    return _facts("device", values.intersection(among or values) or devices_of(text.category))


def _models(text: Text, *, own: bool) -> Iterator[Fact]:
    """Yield the models that an accessory says that it is for, or the own one of a device."""
    known = [model.name for model in known_models(text.name)]
    return _facts("model", known[: 1 if own else None] or device_models(text.name if own else text.made_for))


def _own_makers(text: Text) -> Iterator[Fact]:
    if text.kind.group == "devices":
        first = _WORD.findall(text.name)[:2]
        known = [makers()[name] for name in (*first, "".join(first)) if name in makers()]
        own = [makers().get(text.brand, text.brand)] if text.brand else []
        yield from _facts("maker", own + known)


def _makers(text: Text) -> Iterator[Fact]:
    """Yield whose devices an accessory is for: whom it names, or else its own maker where that is usual."""
    begin, brand = " ".join(text.name.split()[:MAX_BEFORE]), text.brand or ""
    values = list(_mentioned(text.made_for, text.makers)) or list(_mentioned(begin, frozenset()))
    if not values and text.kind.own and (brand in text.makers or brand in makers()):
        values = [makers().get(brand, brand)]
    return _facts("maker", values)


def _mentioned(text: str, of_shop: AbstractSet[str]) -> Iterator[str]:
    names = [joined(word) for word in _WORD.findall(text)]
    for word, following in pairwise((*names, "")):
        for name in (word + following, word):
            if maker := makers().get(name, name if name in of_shop else None):
                yield maker
                break


def _inches(text: Text) -> Iterator[Fact]:
    return _facts("inches", map(str, inches(text.name, text.more, text.kind)))


_TAKEN: Mapping[str, _Reader] = {
    "inches": _inches,
    "link": _link,
    "end": _ends,
    "first end": _first_end,
    "video end": lambda text: _facts("video", found("video", text.name)),
    "audio end": lambda text: _facts("audio", found("audio", text.name)),
    "port": lambda text: _facts("port", found("ends", text.name) - {"usb-a", "usb-b"}),
    "own cable": _own_cable,
    "device": _devices,
    "maker": _makers,
    "model": partial(_models, own=False),
    "code": lambda text: _facts("model", codes(text.name) | codes(text.more)),
}
_OFFERED: Mapping[str, _Reader] = {
    "inches": _inches,
    **{kind: partial(_stated, kind) for kind in ("port", "video", "audio", "card", "charging", "width")},
    "model": partial(_models, own=True),
    "code": lambda text: _facts("model", codes(text.name) | codes_of_cartridges(text.more)),
}
