"""AWS list prices, which convert the units that a run used to US dollars.

They are read from `prices.toml`, the only place that has prices: each with its unit, region, date and page.
Units are named `<service>.<unit>`; Bedrock's include the model: `bedrock.input_tokens.<model id>`. Input
tokens read from or written to a model's cache are units of their own.
"""

import datetime as dt
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from importlib import resources

from pydantic import BaseModel, ConfigDict, Field

FILE = "prices.toml"
AI_SERVICES = ("comprehend", "personalize", "bedrock")
SMALLEST = Decimal("0.000001")
BEDROCK = "bedrock"
UNPRICED = "unpriced"


class _Listed(BaseModel):
    """An entry of the file, by unit or by kind of tokens."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    usd: Decimal = Field(ge=0)
    per: int = Field(gt=0)
    meaning: str = Field(min_length=1)


class _Share(BaseModel):
    """A kind of tokens that costs a share of another."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    of: str
    share: Decimal = Field(gt=0)
    meaning: str = Field(min_length=1)


class _Page(BaseModel):
    """One page of prices."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    url: str = Field(pattern=r"^https://aws\.amazon\.com/[a-z0-9/-]+/$")
    region: str = Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")
    date: dt.date
    prices: Mapping[str, _Listed]
    shares: Mapping[str, _Share] = {}


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    page: tuple[_Page, ...]


class Price(BaseModel):
    """The price of one unit in US dollars, and where it is from."""

    model_config = ConfigDict(frozen=True)
    usd: Decimal
    meaning: str
    region: str
    date: dt.date
    page: str


def cost_usd(units: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Return the costs by service and their `total`; a unit without a price is `unpriced.<unit>` at zero."""
    costs: dict[str, Decimal] = {}
    for unit, amount in units.items():
        price = price_of(unit)
        name = unit.split(".", 1)[0] if price is not None else f"{UNPRICED}.{unit}"
        costs[name] = costs.get(name, Decimal(0)) + amount * (price or 0)
    rounded = {name: cost.quantize(SMALLEST) for name, cost in sorted(costs.items())}
    return {**rounded, "total": sum(rounded.values(), Decimal(0))}


def ai_cost_usd(units: Mapping[str, Decimal]) -> Decimal:
    """Return what Comprehend, Personalize and Bedrock charge for their share of the units, not rounded."""
    paid = {unit: amount for unit, amount in units.items() if unit.split(".", 1)[0] in AI_SERVICES}
    return sum((amount * (price_of(unit) or 0) for unit, amount in paid.items()), Decimal(0))


def price_of(unit: str) -> Decimal | None:
    """Return the price of one unit, or None if it is unknown."""
    found = listed(unit)
    return None if found is None else found.usd


@lru_cache(maxsize=256)
def listed(unit: str) -> Price | None:
    """Return a unit's price with its source; for a model by its id with or without the prefix of a region."""
    service, _, rest = unit.partition(".")
    if service != BEDROCK:
        return prices().get(unit)
    kind, _, model = rest.partition(".")
    return next(
        (
            price
            for name, price in prices().items()
            if name.startswith(f"{BEDROCK}.{kind}.") and model.endswith(name.split(".", 2)[2])
        ),
        None,
    )


def models() -> list[str]:
    """The ids of the models that have prices, in order."""
    return sorted({unit.split(".", 2)[2] for unit in prices() if unit.startswith(f"{BEDROCK}.")})


@lru_cache(maxsize=1)
def prices() -> Mapping[str, Price]:
    """Every price by unit; those of cached tokens and batches are reckoned from their shares."""
    text = resources.files(__package__).joinpath(FILE).read_text(encoding="utf-8")
    found: dict[str, Price] = {}
    for page in _File.model_validate(tomllib.loads(text)).page:
        for unit, entry in page.prices.items():
            found[unit] = _price(page, entry.usd / entry.per, entry.meaning)
            service, kind, *model = unit.split(".", 2)
            for name, share in page.shares.items():
                if share.of == kind:
                    shared = found[unit].usd * share.share
                    found[".".join((service, name, *model))] = _price(page, shared, share.meaning)
    return found


def _price(page: _Page, usd: Decimal, meaning: str) -> Price:
    return Price(usd=usd, meaning=meaning, region=page.region, date=page.date, page=page.url)
