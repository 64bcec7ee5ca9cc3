"""The products: listings of invented brands, some in several colours."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from math import inf
from random import Random

from fondly.contracts.records import Product
from fondly.evaluation.sample.chance import every, product_code, rng_for
from fondly.evaluation.sample.vocabulary import Family, Vocabulary

TIERS = ("budget", "mid", "premium")
RECEPTIONS = ("loved", "fair", "loved", "fair", "loved", "disliked", "loved", "fair", "loved", "loved")
_RATINGS = {"loved": (40, 47), "fair": (35, 41), "disliked": (23, 31)}  # tenths of a star
_LAKH = 100_000
_PRICE_STEPS = ((1_000, 10, 1), (10_000, 100, 1), (inf, 1_000, 10))
_WITH_PAISE = every(20, first=5)
_THREE_COLOURS = every(20, first=6)
_TWO_COLOURS = every(11, first=2)
# A spreadsheet reads a cell that starts like this as a formula.
_STARTS_WITH_MINUS = every(50, first=1)
_STARTS_WITH_PLUS = every(50, first=9)
_NAME_PATTERNS = (
    "{brand} {model} {noun}, {spec}, {first}, {second} ({colour})",
    "{brand} {model} {noun} with {first} | {second} | {spec} ({colour})",
    "{brand} {model} {spec} {noun} with {first} & {second} - {colour}",
    "{brand} {noun} {model} ({spec}, {first}, {colour})",
)
SHOP = "https://shop.example.com"


@dataclass(frozen=True, slots=True)
class Variant:
    """One product id: a listing in one colour."""

    product_id: str
    name: str
    colour: str


@dataclass(frozen=True, slots=True)
class Listing:
    """What buyers see as one product, and how they receive it; variants share reviews. In paise."""

    index: int
    family: Family
    brand: str
    tier: str
    reception: str
    popularity: float
    variants: tuple[Variant, ...]
    bullets: tuple[str, ...]
    discounted_paise: int
    actual_paise: int
    rating_tenths: int
    rating_count: int


def build_catalogue(vocabulary: Vocabulary, *, seed: int, products: int) -> list[Listing]:
    """Return listings with exactly `products` variants in all; the families take turns."""
    listings: list[Listing] = []
    number = 0
    while number < products:
        index = len(listings)
        numbers = range(number, min(number + _colours(index), products))
        codes = [product_code(each, seed=seed) for each in numbers]
        listings.append(_listing(vocabulary, index, codes, rng_for("listing", seed, index)))
        number += len(codes)
    return listings


def _colours(index: int) -> int:
    return 3 if index in _THREE_COLOURS else 2 if index in _TWO_COLOURS else 1


def _listing(vocabulary: Vocabulary, index: int, codes: list[str], rng: Random) -> Listing:
    family = vocabulary.families[index % len(vocabulary.families)]
    tier = TIERS[(index + index // len(vocabulary.families)) % len(TIERS)]
    reception = RECEPTIONS[index % len(RECEPTIONS)]
    spec = rng.choice(family.specs)
    brand = rng.choice(vocabulary.brands[family.house][tier])
    names = _names(family, brand, spec, index, rng)
    discounted, actual = _prices(family, tier, index, rng)
    popularity = rng.paretovariate(2.5)
    return Listing(
        index=index,
        family=family,
        brand=brand,
        tier=tier,
        reception=reception,
        popularity=popularity,
        variants=tuple(Variant(code, *each) for code, each in zip(codes, names, strict=False)),
        bullets=_bullets(family, spec, index, rng),
        discounted_paise=discounted,
        actual_paise=actual,
        rating_tenths=rng.randint(*_RATINGS[reception]),
        rating_count=int(popularity * 10 ** rng.uniform(1.5, 4)),
    )


def _names(family: Family, brand: str, spec: str, index: int, rng: Random) -> Iterator[tuple[str, str]]:
    """Yield the name of each colour, and the colour."""
    pattern = rng.choice(_NAME_PATTERNS)
    first, second = rng.sample(family.features, 2)
    facts = {"brand": brand, "spec": spec, "first": first, "second": second}
    facts |= {"noun": rng.choice(family.nouns), "model": f"{rng.choice(family.series)} {100 + index}"}
    for colour in rng.sample(family.colours, len(family.colours)):
        yield pattern.format(**facts, colour=colour), colour


def _bullets(family: Family, spec: str, index: int, rng: Random) -> tuple[str, ...]:
    shown = rng.sample(family.bullets, rng.randint(3, len(family.bullets)))
    bullets = [bullet.format(spec=spec) for bullet in shown]
    marker = "-" if index in _STARTS_WITH_MINUS else "+ " if index in _STARTS_WITH_PLUS else ""
    return (marker + bullets[0], *bullets[1:])


def _prices(family: Family, tier: str, index: int, rng: Random) -> tuple[int, int]:
    low, high = family.price
    position = (TIERS.index(tier) + rng.random()) / len(TIERS)
    discounted = _shop_price(low * (high / low) ** position)
    actual = max(discounted, _shop_price(discounted / rng.uniform(0.3, 0.97)))
    odd_paise = 50 if index in _WITH_PAISE or actual >= _LAKH else 0
    return discounted * 100 + odd_paise, actual * 100 + odd_paise


def _shop_price(rupees: float) -> int:
    """Round to a price a shop would print: 149, 1299, 54990."""
    step, off = next(steps for below, *steps in _PRICE_STEPS if rupees < below)
    return max(1, round(rupees / step)) * step - off


def product_of(listing: Listing) -> Product:
    """Return a listing's first variant, with a link to a made-up shop and a picture of it there."""
    price, list_price = (Decimal(paise) / 100 for paise in (listing.discounted_paise, listing.actual_paise))
    variant = listing.variants[0]
    return Product(
        product_id=variant.product_id,
        name=variant.name,
        category=tuple(listing.family.category.split("|")),
        price=price,
        list_price=list_price,
        discount_percent=int((list_price - price) * 100 / list_price),
        currency="INR",
        rating=Decimal(listing.rating_tenths) / 10,
        rating_count=listing.rating_count,
        bullets=listing.bullets,
        link=f"{SHOP}/p/{variant.product_id}",
        image_url=f"{SHOP}/i/{variant.product_id}.png",
    )
