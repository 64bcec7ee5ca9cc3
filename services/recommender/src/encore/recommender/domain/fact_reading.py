"""Reads single facts from the text of a product: its connectors, sizes, models, makers and the like."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import chain

from encore.contracts.records import Product
from encore.recommender.domain import fact_tables as tables
from encore.recommender.domain.brands import joined
from encore.recommender.domain.kinds import Fact, Kind, devices_in, devices_of, english
from encore.recommender.domain.models import codes, device_model, known_models
from encore.recommender.domain.sizes import READERS as SIZES
from encore.recommender.domain.taxonomy import Category

SPECIFIC = frozenset(("maker", "model", "series", "platform"))
"""What an accessory that says that it is universal need not agree in."""
NARROW = frozenset(("card", "model", "platform", "port", "series", "system"))
"""What an accessory has to agree in once its text names it."""
MAX_APART = 40
"""How many characters may stand between the size of a battery and the word for one."""
MAX_BEFORE = 4
"""How many words into a name the maker stands whose devices an accessory is for."""
_FOR = re.compile(
    r"\b(?:for|fits?|compatibles?(?:\s(?:with|for|con|avec|com))?|suitable|f\u00fcr|zu|passend|kompatibel(?:\smit)?|pour|para|per|voor|"
    r"replacement\sof|works\swith)\b"
)
_END = re.compile(r"(?<=\w)\s(?:with|without|by|from|mit|ohne|von|avec|con)\s")
_UNIVERSAL = re.compile(r"\b(?:universal|universell?e?r?|universale|universeel)\b")
_WORD = re.compile(r"[^\W_]+")
_ABOUT_BATTERIES = re.compile(r"batter|akku|cell|zelle|\bpil[ea]|accu")
_TO = r"[\s>/\u2192-]+(?:(?:to|auf|zu|vers|a|naar)[\s-]+)?"
_C_TO_OTHER = re.compile(
    rf"(?:usb-?|type-?|typ-?|\s)c{_TO}(?:lightning|8|micro|mini|usb-?\s?b)|(?:lightning|pin){_TO}(?:usb|type|typ)\W?c"
)
_WIRELESS = re.compile(r"\b(?:wireless|bluetooth|tws|kabellose?r?|funk|inal\u00e1mbric\w*|sans\sfil|bt)\b")
_WIRED = re.compile(r"\b(?:wired|3[.,]5\s?mm|aux|kabelgebunden\w*|klinke)\b")
_WITH_CABLE = re.compile(r"(?:\bwith|\bmit|\bfree|\+|&|\bincl\w*\.?)([^,;|(]{0,40}?(?:cable|kabel))")
_STATED = ("port", "video", "audio", "card", "charging")
_PEOPLE = ("diet", "skin")
_IN_BULLETS = frozenset(("system", "socket", "battery", "interface"))
_APPLE = (None, "apple", "beats")
_HOSTS = ("phone", "tablet", "laptop", "computer")
"""What adapters are plugged into, rather than what is charged by the same connector."""
_PHONELIKE = frozenset(("phone", "tablet", "security camera", "speaker", "drone", "action camera"))


@dataclass(frozen=True, slots=True)
class Text:
    """What a product says of itself, in lower case."""

    kind: Kind | None
    name: str
    more: str
    words: list[str]
    category: Category
    brand: str | None
    makers: AbstractSet[str]

    @classmethod
    def of(cls, product: Product, kind: Kind | None, brand: str | None, makers: AbstractSet[str]) -> "Text":
        """Read a product; its words only where they are needed."""
        name, more = product.name.lower(), "\n".join(product.bullets).lower()
        words = english(name) if kind and "device" in kind.reads else []
        return cls(kind, name, more, words, product.category, brand, makers)

    @property
    def is_universal(self) -> bool:
        """Whether the name says that it fits any maker's device."""
        return _UNIVERSAL.search(self.name) is not None


def read(readers: Iterable[str], text: Text, *, is_taken: bool) -> frozenset[Fact]:
    """Return what the readers of these names find in a text."""
    return frozenset(chain.from_iterable(_reader(name, is_taken=is_taken)(text) for name in readers)) | (
        frozenset() if is_taken else frozenset(_own_makers(text))
    )


def people_facts(text: Text) -> frozenset[Fact]:
    """Return the diets and the types of skin that food and care products say that they are for."""
    whole = f"{text.name}\n{text.more}"
    return frozenset(Fact(kind, value) for kind in _PEOPLE for value in tables.found(kind, whole))


def _reader(name: str, *, is_taken: bool) -> Callable[[Text], Iterator[Fact]]:
    if is_taken and name in _TAKEN:
        return _TAKEN[name]
    if not is_taken and name in _OFFERED:
        return _OFFERED[name]
    if name in SIZES:
        size = SIZES[name]
        return lambda text: size(text.name, text.more, text.kind)
    if not is_taken and name in _STATED:
        return lambda text: _stated(name, text)
    return lambda text: _first_found(name, text)


def _first_found(kind: str, text: Text) -> Iterator[Fact]:
    """Yield what the name says, or if it says nothing the category, or the bullets."""
    values = tables.found(kind, text.name) or tables.found(kind, " ".join(text.category).lower())
    if not values and kind in _IN_BULLETS:
        values = tables.found(kind, text.more)
    return (Fact(kind, value) for value in values)


def _stated(kind: str, text: Text) -> Iterator[Fact]:
    """Yield what a device says that it has, unless its model tells that."""
    table = "ends" if kind == "port" else kind
    values = tables.found(table, text.name) | tables.found(table, text.more)
    values -= {"usb-a", "usb-b"}
    if text.kind and text.kind.name != "power bank" and text.brand not in _APPLE:
        values -= {"lightning"}
    if kind == "card" and text.kind and text.kind.name in _PHONELIKE:
        values -= {"sd"}
    by_model = {fact for fact in _model_facts(text) if fact.kind == kind}
    return iter(by_model) if by_model else (Fact(kind, value) for value in values)


def _model_facts(text: Text) -> frozenset[Fact]:
    """Return which connectors a device has by its model."""
    found = frozenset(
        Fact(kind, value)
        for model in known_models(text.name)
        for kind, values in tables.by_model(model.name).items()
        for value in values
    )
    if not found and text.kind and text.kind.name == "phone" and re.search(r"\b5g\b", text.name):
        return frozenset((Fact("port", "usb-c"),))
    return found


def _ends(text: Text) -> Iterator[Fact]:
    """Yield the connectors of a cable that go into devices, rather than into a charger or computer."""
    for part in (text.name, text.more):
        values = set(tables.found("ends", part)) - {"usb-a"}
        if len(values) > 1 and "usb-c" in values and _C_TO_OTHER.search(part):
            values -= {"usb-c"}
        if values:
            return (Fact("port", value) for value in values)
    facts = (fact for model in known_models(text.name) for fact in _facts_of(model.name))
    return (fact for fact in facts if fact.kind == "port")


def _facts_of(model: str) -> Iterator[Fact]:
    return (Fact(kind, value) for kind, values in tables.by_model(model).items() for value in values)


def _first_end(text: Text) -> Iterator[Fact]:
    """Yield the connector of an adapter that goes into the device that one has."""
    ports = [value for value in tables.in_order("ends", text.name) if value != "usb-a"]
    if ports:
        yield Fact("port", ports[0])
        yield from (Fact("device", host) for host in _HOSTS)
        return
    for kind in ("video", "audio"):
        if values := tables.in_order(kind, text.name):
            yield Fact(kind, values[0])
            return


def _plug(text: Text) -> Iterator[Fact]:
    """Yield the connectors that a charger's fixed end has."""
    return (Fact("port", value) for value in tables.found("ends", text.name) - {"usb-a", "usb-b"})


def _end_of_own_cable(text: Text) -> Iterator[Fact]:
    """Yield the connectors of the cable that a charger comes with."""
    if cable := _WITH_CABLE.search(text.name):
        values = tables.found("ends", cable[1]) - {"usb-a", "usb-b"}
        yield from (Fact("port", value) for value in values)


def _batteries(text: Text) -> Iterator[Fact]:
    """Yield the batteries that a device says that it runs on."""
    for part in (text.name, text.more):
        for value, start, end in tables.places("battery", part):
            if _ABOUT_BATTERIES.search(part[max(0, start - MAX_APART) : end + MAX_APART]):
                yield Fact("battery", value)


def _cards(text: Text) -> Iterator[Fact]:
    """Yield the cards that a memory card is; most of the small ones come with an adapter for the large."""
    values = tables.found("card", text.name) or tables.found("card", " ".join(text.category).lower())
    small = values & {"microsd"}
    return (Fact("card", value) for value in small or values)


def _link(text: Text) -> Iterator[Fact]:
    """Yield how headphones and loudspeakers are connected."""
    if _WIRELESS.search(text.name):
        yield Fact("interface", "bluetooth")
    elif plugs := tables.found("ends", text.name) & {"usb-c", "lightning"}:
        yield from (Fact("port", plug) for plug in plugs)
    elif _WIRED.search(text.name) or _WIRED.search(text.more):
        yield Fact("audio", "3.5mm")


def _devices(text: Text) -> Iterator[Fact]:
    found = {model.device for model in known_models(text.name)} or devices_in(text.words)
    if text.kind and "series" in text.kind.reads:
        named = tables.found("series", text.name)
        found |= {device for series in named for device in tables.series_devices().get(series, ())}
    among = text.kind.among if text.kind else frozenset()
    found = (found & among if among else found) or devices_of(text.category)
    return (Fact("device", device) for device in found)


def _models(text: Text) -> Iterator[Fact]:
    """Yield the models that an accessory says that it is for."""
    found = {model.name for model in known_models(text.name)}
    if not found and (after := _after_for(text.name)):
        found = device_model(after)
    return (Fact("model", model) for model in found)


def _own_model(text: Text) -> Iterator[Fact]:
    found = {model.name for model in known_models(text.name)[:1]} or device_model(text.name)
    yield from (Fact("model", model) for model in found)
    yield from (fact for fact in _model_facts(text) if fact.kind != "none")


def _known_model(text: Text) -> Iterator[Fact]:
    return (Fact("model", model.name) for model in known_models(text.name)[:1])


def _dust(text: Text) -> Iterator[Fact]:
    """Yield whether a vacuum cleaner has bags."""
    values = tables.found("dust", text.name) or tables.found("dust", text.more)
    if values:
        yield Fact("dust", "bag" if "bag" in values and "none" not in values else "none")


def _codes(text: Text) -> Iterator[Fact]:
    return (Fact("model", code) for code in codes(text.name, text.more))


def _own_codes(text: Text) -> Iterator[Fact]:
    """Yield the number of a printer, and those of the cartridges that it says that it takes."""
    return (Fact("model", code) for code in codes(text.name, "", of_cartridges_in=text.more))


def _own_makers(text: Text) -> Iterator[Fact]:
    if not (text.kind and text.kind.is_device):
        return
    known = tables.makers()
    if text.brand:
        yield Fact("maker", known.get(text.brand, text.brand))
    first = _WORD.findall(text.name)[:2]
    for name in (*first, "".join(first)):
        if name in known:
            yield Fact("maker", known[name])


def _makers(text: Text) -> Iterator[Fact]:
    """Yield whose devices an accessory is for: whom it names, or else its own maker where that is usual."""
    after = _after_for(text.name)
    found = set(_mentioned(after, text.makers))
    if not found:
        found = set(_mentioned(" ".join(text.name.split()[:MAX_BEFORE]), frozenset()))
    is_own = (
        text.kind and text.kind.is_own and text.brand and text.brand in text.makers | tables.makers().keys()
    )
    if not found and is_own and (not after or devices_in(english(after)[:MAX_BEFORE])):
        found = {tables.makers().get(text.brand, text.brand)}
    return (Fact("maker", maker) for maker in found)


def _mentioned(text: str, makers: AbstractSet[str]) -> Iterator[str]:
    found = [joined(word) for word in _WORD.findall(text)]
    known = tables.makers()
    for word, following in zip(found, [*found[1:], ""], strict=False):
        for name in (word + following, word):
            if maker := known.get(name, name if name in makers else None):
                yield maker
                break


def _after_for(name: str) -> str:
    """Return the part of a name after the first word such as "for", up to a word such as "with"."""
    found = _FOR.search(name)
    return _END.split(name[found.end() :], maxsplit=1)[0] if found else ""


_TAKEN: Mapping[str, Callable[[Text], Iterator[Fact]]] = {
    "end": _ends,
    "first end": _first_end,
    "video end": lambda text: (Fact("video", value) for value in tables.found("video", text.name)),
    "audio end": lambda text: (Fact("audio", value) for value in tables.found("audio", text.name)),
    "port": _plug,
    "own cable": _end_of_own_cable,
    "card": _cards,
    "link": _link,
    "device": _devices,
    "maker": _makers,
    "model": _models,
    "code": _codes,
}
_OFFERED: Mapping[str, Callable[[Text], Iterator[Fact]]] = {
    "battery": _batteries,
    "model": _own_model,
    "known model": _known_model,
    "dust": _dust,
    "code": _own_codes,
}
