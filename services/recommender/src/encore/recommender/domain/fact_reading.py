"""Reads single facts from the text of a product: its connectors, sizes, models, makers and the like."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import chain, pairwise

from encore.contracts.records import Product
from encore.recommender.domain.brands import joined
from encore.recommender.domain.fact_tables import by_model, found, makers, pattern, places, table
from encore.recommender.domain.inches import inches
from encore.recommender.domain.kind_tables import Fact, Kind, english
from encore.recommender.domain.kinds import devices_in, devices_of
from encore.recommender.domain.models import codes, codes_of_cartridges, device_models, known_models
from encore.recommender.domain.taxonomy import Category

MAX_APART = 40
"""How many characters may stand between the size of a battery and the word for one."""
MAX_BEFORE = 4
"""How many words into a name the maker stands whose devices an accessory is for."""
_WORD = re.compile(r"[^\W_]+")
_5G = re.compile(r"\b5g\b")
_IN_BULLETS = frozenset(
    ("battery", "dimensions", "disc", "interface", "mm", "mount", "socket", "system", "width")
)
_STATED = frozenset(("port", "video", "audio", "card", "charging", "width"))
"""What all of a device's text tells, not only its name."""
_SD_CARDS = frozenset(("camera", "laptop", "film camera", "projector"))
_APPLE = (None, "apple", "beats")
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
    reads = ((name, _TAKEN.get(name) or _READ.get(name)) for name in text.kind.reads)
    return text.kind.takes.union(*(read(text) if read else _plain(name, text) for name, read in reads))


def offered(text: Text) -> frozenset[Fact]:
    """Return what a product offers."""
    states = ((name, _OFFERED.get(name) or _READ.get(name)) for name in text.kind.states)
    facts = (read(text) if read else _plain(name, text) for name, read in states)
    return text.kind.offers.union(*facts, _own_makers(text))


def people_facts(product: Product) -> frozenset[Fact]:
    """Return the diets and the types of skin that food and care products say that they are for."""
    text = "\n".join((product.name, *product.bullets)).lower()
    return frozenset(chain(_facts("diet", found("diet", text)), _facts("skin", found("skin", text))))


def _facts(kind: str, values: Iterable[str]) -> Iterator[Fact]:
    return (Fact(kind, value) for value in values)


def _plain(name: str, text: Text) -> Iterator[Fact]:
    """Yield what the name says, or if it says nothing the category, or for some kinds the bullets."""
    values = found(name, text.name) or found(name, " ".join(text.category).lower())
    if not values and name in _IN_BULLETS:
        values = found(name, text.more)
    return _facts(table("facts").get(name, name), values - {"sd"} if "microsd" in values else values)


def _stated(kind: str) -> Callable[[Text], Iterator[Fact]]:
    """Return a reader of what a device says that it has, unless its model tells that."""
    name = "ends" if kind == "port" else kind

    def read(text: Text) -> Iterator[Fact]:
        if kind == "port" and "link" in text.kind.reads and not pattern("wireless").search(text.name):
            return iter(())  # what headphones with a wire say is their plug
        known = {fact for fact in _model_facts(text) if fact.kind == kind}
        values = (found(name, text.name) | found(name, text.more)) - {"usb-a", "usb-b"}
        if text.kind.name != "power bank" and text.brand not in _APPLE:
            values.discard("lightning")
        if text.kind.name not in _SD_CARDS:
            values.discard("sd")
        return iter(known) if known else _facts(table("facts").get(kind, kind), values)

    return read


def _model_facts(text: Text) -> Iterator[Fact]:
    """Yield which connectors a device has by its model."""
    known = [by_model(model.name) for model in known_models(text.name)]
    if not any(known) and text.kind.name == "phone" and _5G.search(text.name):
        known = [{"port": ["usb-c"]}]
    return chain.from_iterable(_facts(kind, values) for facts in known for kind, values in facts.items())


def _ends(text: Text) -> Iterator[Fact]:
    """Yield the connectors of a cable that go into devices, rather than into a charger or computer."""
    for part in (text.name, text.more):
        values = found("ends", part) - {"usb-a"}
        if values:
            to_other = len(values) > 1 and pattern("usb-c to other").search(part)
            return _facts("port", values - {"usb-c"} if to_other else values)
    return (fact for fact in _model_facts(text) if fact.kind == "port")


def _plugs(text: str) -> Iterator[Fact]:
    """Yield the connectors that a charger has for devices."""
    return _facts("port", found("ends", text) - {"usb-a", "usb-b"})


def _own_cable(text: Text) -> Iterator[Fact]:
    """Yield the connectors of the cable that a charger comes with."""
    cable = pattern("with cable").search(text.name)
    return _plugs(cable[1] if cable else "")


def _first_end(text: Text) -> Iterator[Fact]:
    """Yield the connector of an adapter that goes into the device that one has."""
    ports = [value for value, _ in places("ends", text.name) if value != "usb-a"]
    if ports:
        return chain(_facts("port", ports[:1]), _facts("device", _HOSTS))
    first = ((kind, [value for value, _ in places(kind, text.name)][:1]) for kind in ("video", "audio"))
    return next((_facts(kind, values) for kind, values in first if values), iter(()))


def _batteries(text: Text) -> Iterator[Fact]:
    """Yield the batteries that a device says that it runs on."""
    for part in (text.name, text.more):
        for value, place in places("battery", part):
            near = part[max(0, place.start() - MAX_APART) : place.end() + MAX_APART]
            if pattern("about batteries").search(near):
                yield Fact("battery", value)


def _link(text: Text) -> Iterator[Fact]:
    """Yield how headphones and loudspeakers are connected."""
    if pattern("wireless").search(text.name):
        yield Fact("interface", "bluetooth")
    elif plugs := found("ends", text.name) & {"usb-c", "lightning"}:
        yield from _facts("port", plugs)
    elif pattern("wired").search(text.name) or pattern("wired").search(text.more):
        yield Fact("audio", "3.5mm")


def _dust(text: Text) -> Iterator[Fact]:
    """Yield whether a vacuum cleaner has bags; those that are held in a hand have none unless they say so."""
    if values := found("dust", text.name) or found("dust", text.more):
        yield Fact("dust", "bag" if "bag" in values and "none" not in values else "none")


def _devices(text: Text) -> Iterator[Fact]:
    values = {model.device for model in known_models(text.name)} or devices_in(english(text.name))
    if "series" in text.kind.reads:
        named = found("series", text.name)
        values = values.union(*(table("series_devices").get(series, ()) for series in named))
    among = text.kind.among
    return _facts("device", (values & among if among else values) or devices_of(text.category))


def _models(text: Text) -> Iterator[Fact]:
    """Yield the models that an accessory says that it is for."""
    return _facts("model", {model.name for model in known_models(text.name)} or device_models(text.made_for))


def _own_model(text: Text) -> Iterator[Fact]:
    return _facts("model", {model.name for model in known_models(text.name)[:1]} or device_models(text.name))


def _own_makers(text: Text) -> Iterator[Fact]:
    if text.kind.group != "devices":
        return
    if text.brand:
        yield Fact("maker", makers().get(text.brand, text.brand))
    first = _WORD.findall(text.name)[:2]
    yield from _facts("maker", (makers()[name] for name in (*first, "".join(first)) if name in makers()))


def _makers(text: Text) -> Iterator[Fact]:
    """Yield whose devices an accessory is for: whom it names, or else its own maker where that is usual."""
    after, brand = text.made_for, text.brand or ""
    values = set(_mentioned(after, text.makers)) or set(
        _mentioned(" ".join(text.name.split()[:MAX_BEFORE]), frozenset())
    )
    is_maker = brand in text.makers or brand in makers()
    if not values and is_maker and text.kind.own and not (after and not _begins_with_device(after)):
        values = {makers().get(brand, brand)}
    return _facts("maker", values)


def _begins_with_device(text: str) -> bool:
    """Whether a text after "for" names a kind of device, rather than a maker that is unknown."""
    return bool(devices_in(english(text)[:MAX_BEFORE]))


def _mentioned(text: str, of_shop: AbstractSet[str]) -> Iterator[str]:
    names = [joined(word) for word in _WORD.findall(text)]
    for word, following in pairwise((*names, "")):
        for name in (word + following, word):
            if maker := makers().get(name, name if name in of_shop else None):
                yield maker
                break


_Reader = Callable[[Text], Iterator[Fact]]
_READ: Mapping[str, _Reader] = {
    "inches": lambda text: _facts("inches", map(str, inches(text.name, text.more, text.kind))),
    "link": _link,
}
_TAKEN: Mapping[str, _Reader] = {
    "end": _ends,
    "first end": _first_end,
    "video end": lambda text: _facts("video", found("video", text.name)),
    "audio end": lambda text: _facts("audio", found("audio", text.name)),
    "port": lambda text: _plugs(text.name),
    "own cable": _own_cable,
    "device": _devices,
    "maker": _makers,
    "model": _models,
    "code": lambda text: _facts("model", codes(text.name) | codes(text.more)),
}
_OFFERED: Mapping[str, _Reader] = {
    **{kind: _stated(kind) for kind in _STATED},
    "battery": _batteries,
    "dust": _dust,
    "model": _own_model,
    "code": lambda text: _facts("model", codes(text.name) | codes_of_cartridges(text.more)),
}
