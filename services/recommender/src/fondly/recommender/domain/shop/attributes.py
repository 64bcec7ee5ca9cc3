"""What a product takes and what it offers, read from its text: see kinds.yaml and facts.yaml."""

from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache

from fondly.contracts.records import Product
from fondly.recommender.domain.shop.fact_reading import Text, offered, taken, told_by_models
from fondly.recommender.domain.shop.fit_tables import Fact, facts_of, found, kinds, pattern, table
from fondly.recommender.domain.shop.kinds import kind_of, other_of
from fondly.recommender.domain.shop.taxonomy import Category, words

Needs = tuple[frozenset[str], ...] | None

_COMPUTER = Fact("platform", "pc")
"""What hardly anybody lacks, though the shop may not know."""
_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
_NARROW, _VITAL, _SPECIFIC, _SIZED, _OTHERS, _PLANTS = (
    frozenset(table(name))
    for name in ("narrow", "vital", "specific", "sized", "no matter of diet", "made of plants")
)
_CACHED = 8_192


@dataclass(frozen=True, slots=True)
class Attributes:
    """What a product takes, that is has to fit, and what it offers to others.

    `needs` is None for a product that is of use by itself; for others such as cables and cartridges it has
    groups of kinds of facts, and a partner must agree in one of each. `taken` and `offered` are the kinds of
    `takes` and `offers`.
    """

    takes: frozenset[Fact]
    offers: frozenset[Fact]
    needs: Needs
    taken: frozenset[str]
    offered: frozenset[str]
    devices: frozenset[Fact]
    """The devices that it is for."""

    @classmethod
    def of(cls, takes: frozenset[Fact], offers: frozenset[Fact], needs: Needs = None) -> "Attributes":
        """Make the attributes of these facts."""
        devices = frozenset(fact for fact in takes if fact.kind == "device")
        return cls(takes, offers, needs, kinds_of(takes), kinds_of(offers), devices)

    @property
    def needs_fit(self) -> bool:
        """Whether the product is useless without the right partner."""
        return self.needs is not None


def makers_of(products: Iterable[Product], brand_of: Callable[[str], str | None]) -> frozenset[str]:
    """Return the brands that have devices in a shop: those that accessories may be made for."""
    devices = (one for one in products if (kind := kind_of(one)) and kind.group == "devices")
    return frozenset(filter(None, (brand_of(device.product_id) for device in devices)))


def read_attributes(
    product: Product, brand: str | None, makers: AbstractSet[str] = frozenset()
) -> Attributes:
    """Read what a product takes and offers; `brand` and the shop's `makers` are as `names.joined` writes."""
    if volume := volume_of(product):
        return Attributes.of(volume.takes, volume.offers | _people_facts(product), volume.needs)
    kind, more = kind_of(product), "\n".join(product.bullets).lower()
    while kind is not None:
        text = Text(kind, product.name.lower(), more, product.category, brand, makers)
        takes = taken(text)
        if not kind.vague or kinds_of(takes - kind.takes) - {"maker"}:
            return _attributes(text, takes)
        kind = kinds().get(kind.otherwise)
    return Attributes.of(frozenset(), _people_facts(product))


def volume_of(product: Product) -> Attributes | None:
    """Return what a volume of a series takes, which is the one before, and which one it is itself.

    The number stands after the series in the name, or in the variant. Only books say it without brackets.
    """
    volume, name = pattern("volume"), product.name
    in_variant = volume.fullmatch(product.variant or "")
    if not (match := in_variant or volume.search(name)):
        return None
    before = name if in_variant else pattern("before series").split(name[: match.start()])[-1]
    series = " ".join(before.lower().strip(" ,.").split())
    is_told = not in_variant and match["n"] and name[match.end() :].lstrip()[:1] in (")", "]")
    if pattern("no series").search(series) or not (is_told or other_of(product) == "book"):
        return None
    number = match["n"] or match["bare"] or match["zero"]
    first = int(number) if number.isdecimal() else _ROMAN.index(number.lower()) + 1
    last = max(first, int(match["last"] or 0))
    one, *own = (Fact("volume", f"{series} {each}") for each in range(first - 1, last + 1))
    takes = frozenset((one,) if first > 1 else ())
    return Attributes.of(takes, frozenset(own), (kinds_of(takes),) if takes else None)


def kinds_of(facts: Iterable[Fact]) -> frozenset[str]:
    """Return the kinds of facts, such as "port"."""
    return frozenset(fact.kind for fact in facts)


def _people_facts(product: Product) -> frozenset[Fact]:
    """Return for whom a product says that it is, by diet, skin, age, an animal's size and the like."""
    leaf = "".join(product.category[-1:])
    text = "\n".join((product.name, product.variant or "", leaf, *product.bullets)).lower()
    about, other = _about(product.category), other_of(product) or ""
    about = (about - {"bag"} | {other}) & _OTHERS or about
    read = [kind for kind, among in table("about").items() if not about.isdisjoint(among)]
    facts = frozenset(Fact(kind, value) for kind in read for value in found(kind, text))
    return facts | _choices(facts, leaf.lower(), text, other) if "edible" in about else facts


def _choices(facts: frozenset[Fact], leaf: str, text: str, food: str) -> frozenset[Fact]:
    """Return for which diets a food is none, as is usual for its kind, and which one its buyer has chosen.

    Bread without gluten is chosen for that, but not honey; so is what is made of plants in the place of meat.
    """
    usual = set(table("contents").get(food, ()))
    stated = {fact.value for fact in facts if fact.kind == "diet"}
    chosen = stated & (usual | found("diet", leaf) | {"decaf"})
    if pattern("instead of meat").search(leaf):
        chosen.add("vegan")
    if usual and pattern("plants").search(text):
        usual -= _PLANTS
    return facts_of({"chosen": chosen, "contents": usual - stated})


@lru_cache(maxsize=_CACHED)
def _about(category: Category) -> frozenset[str]:
    """Return the words of a category, with what kinds of readers it concerns."""
    about = frozenset(word for level in category for word in words(level))
    other = {"pet"} if about & {"cat", "dog"} else set[str]()
    other |= set() if about.isdisjoint(table("no food")) else {"coffee", "edible"}
    return (about | {"anything", "edible"}) - other


def _attributes(text: Text, takes: frozenset[Fact]) -> Attributes:
    """Return the attributes of a device or accessory.

    The owner of an accessory that `shows` it has all that this takes, but of several devices none for sure,
    and a lamp may allow more watts than its bulb has. Beside what its kind needs, an accessory needs whatever
    narrow thing, and whatever size, its text says it is for.
    """
    kind, own, offers, needs = text.kind, kinds_of(takes), offered(text), text.kind.needs
    if kind.shows and not any(own.isdisjoint(group) for group in needs or ()):
        is_several = sum(fact.kind == "device" for fact in takes) > 1
        hidden = {"watts", "device"} if is_several else {"watts"}
        offers |= {fact for fact in takes if fact.kind not in hidden} | told_by_models(text.name)
    is_universal = pattern("universal").search(text.name)
    groups = [group for group in needs or () if not (is_universal and group <= _SPECIFIC)]
    narrow = own & _NARROW if needs is not None else kinds_of(takes - {_COMPUTER}) & _VITAL
    if narrow and not any(narrow & group for group in groups):
        groups.append(narrow)
    if sized := own & _SIZED:
        groups.append(sized)
    return Attributes.of(takes, offers, None if needs is None and not groups else tuple(groups))
