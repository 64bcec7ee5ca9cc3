"""Shops with known structure, made up from a seed: what their customers do is what a recommender can find."""

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from fondly.contracts.records import Customer, Product, Purchase, Review
from fondly.evaluation.own_data.reading import Data

START = 1_735_689_600
DAY_S = 86_400
DAYS_BETWEEN = 20
STYLES = 12
"""How many tastes there are; every product is of one, and so is every customer."""
SEQUELS = 3
"""How many products of the next leaf follow a product."""
BRANDS = ("Arlen", "Bovik", "Calder", "Dunmore", "Elvato", "Fenwick", "Grell", "Hollis", "Ivaro", "Jorvik")
BRANDS_PER_LEAF = 4
MODELS = ("Arc", "Bay", "Cove", "Dune", "Echo", "Flint", "Glen", "Haze", "Isle", "Jade", "Knoll", "Lark")
COLOURS = ("Black", "Blue", "Green", "Red")
LEAVES: Mapping[str, Mapping[str, int]] = {
    "Electronics|Phones": {"Smartphones": 500, "Phone Cases": 18, "Chargers": 25, "Power Banks": 40},
    "Electronics|Television": {"Televisions": 700, "Wall Mounts": 45, "Soundbars": 190, "HDMI Cables": 12},
    "Electronics|Computers": {"Laptops": 900, "Mice": 30, "Laptop Bags": 50, "Monitors": 220},
    "Home|Kitchen": {"Coffee Machines": 160, "Coffee Beans": 14, "Mugs": 12, "Kettles": 45},
    "Home|Bedroom": {"Mattresses": 350, "Bed Sheets": 40, "Pillows": 30, "Blankets": 35},
    "Sports|Yoga": {"Yoga Mats": 35, "Yoga Blocks": 15, "Leggings": 45, "Water Bottles": 18},
    "Sports|Camping": {"Tents": 190, "Sleeping Bags": 80, "Camping Stoves": 50, "Headlamps": 30},
    "Beauty|Skin": {"Cleansers": 14, "Toners": 16, "Serums": 28, "Moisturizers": 24},
    "Beauty|Hair": {"Shampoos": 11, "Conditioners": 11, "Hair Masks": 17, "Hair Oils": 15},
    "Garden|Plants": {"Seeds": 4, "Pots": 16, "Potting Soil": 12, "Watering Cans": 22},
}
"""The leaf categories of each part with a usual price; in a part, one leads to the next."""


class MadeUpName(StrEnum):
    """The shops that can be made up."""

    SEQUELS = "sequels"
    """Many products, long histories, and products that follow one another."""
    SMALL = "small"
    """Few products in sizes and colours, short histories, and little but popularity."""
    SEQUENCES = "sequences"
    """Histories as long as those of the published sequences from Amazon's beauty department."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How often a purchase follows the last one, is to one's taste, or of the same leaf; or popular."""

    sequel: float
    taste: float
    again: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What a shop is like."""

    parts: Sequence[str]
    models: int
    """Of each leaf."""
    variants: int
    customers: int
    fewest: int
    further: float
    """How many products a customer buys at least; the others are exponential by this mean, rounded down."""
    habits: Habits
    reviewed: float
    """The share of purchases with stars."""


RECIPES: Mapping[MadeUpName, Recipe] = {
    MadeUpName.SEQUELS: Recipe(
        parts=tuple(LEAVES),
        models=20,
        variants=1,
        customers=700,
        fewest=10,
        further=8,
        habits=Habits(sequel=0.45, taste=0.25, again=0.1),
        reviewed=0.3,
    ),
    MadeUpName.SMALL: Recipe(
        parts=("Home|Kitchen", "Home|Bedroom", "Sports|Yoga"),
        models=6,
        variants=2,
        customers=900,
        fewest=1,
        further=1.2,
        habits=Habits(sequel=0.1, taste=0.05, again=0.1),
        reviewed=0.4,
    ),
    MadeUpName.SEQUENCES: Recipe(
        parts=("Beauty|Skin", "Beauty|Hair"),
        models=120,
        variants=1,
        customers=1_500,
        fewest=5,
        further=3.9,
        habits=Habits(sequel=0.15, taste=0.3, again=0.25),
        reviewed=1.0,
    ),
}


def made_up(name: MadeUpName, *, seed: int = 0) -> Data:
    """Return a shop; the same seed makes the same one."""
    shop = _Shop(RECIPES[name], random.Random(seed))  # noqa: S311 - no secret
    customers = [shop.customer(number) for number in range(RECIPES[name].customers)]
    return Data(products=shop.products, customers=customers)


@dataclass
class _Shop:
    """The products, each with its taste, stars, popularity, and what follows it."""

    recipe: Recipe
    chance: random.Random
    products: list[Product] = field(default_factory=list)
    _leaves: dict[tuple[str, ...], list[int]] = field(default_factory=dict)
    _styles: list[int] = field(default_factory=list)
    _stars: list[float] = field(default_factory=list)
    _weights: list[float] = field(default_factory=list)
    _sequels: list[list[int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        for part in self.recipe.parts:
            for leaf, price in LEAVES[part].items():
                self._add_leaf((*part.split("|"), leaf), price)
        places = list(range(len(self.products)))
        self.chance.shuffle(places)
        self._weights = [1 / (place + 3) for place in places]
        self._sequels = [self._sequels_of(one) for one in self.products]

    def customer(self, number: int) -> Customer:
        """Return a customer, who buys one thing after the other."""
        size = self.recipe.fewest + int(self.chance.expovariate(1 / self.recipe.further))
        style, bought = self.chance.randrange(STYLES), list[int]()
        for _ in range(size):
            bought += self._next(style, bought)
        time, purchases, reviews = (
            START + self.chance.randrange(365) * DAY_S,
            list[Purchase](),
            list[Review](),
        )
        for place, one in enumerate(bought):
            time += self.chance.randint(1, DAYS_BETWEEN) * DAY_S
            name, product_id = f"{number}-{place}", self.products[one].product_id
            purchases.append(Purchase(order_id=f"o{name}", product_id=product_id, timestamp=time))
            if self.chance.random() < self.recipe.reviewed:
                stars = Decimal(round(min(5.0, max(1.0, self.chance.gauss(self._stars[one], 1.0)))))
                reviews.append(
                    Review(
                        review_id=f"r{name}", product_ids=(product_id,), rating=stars, timestamp=time + DAY_S
                    )
                )
        return Customer(customer_id=f"c{number}", purchases=tuple(purchases), reviews=tuple(reviews))

    def _next(self, style: int, bought: Sequence[int]) -> list[int]:
        """Return what is bought next, in a list; an empty one if the customer has all of it."""
        habits, drawn = self.recipe.habits, self.chance.random()
        among: Sequence[int] = range(len(self.products))
        if bought and drawn < habits.sequel:
            among = self._sequels[bought[-1]]
        elif bought and drawn < habits.sequel + habits.again:
            among = self._leaves[self.products[bought[-1]].category]
        elif drawn < habits.sequel + habits.again + habits.taste:
            among = [one for one, own in enumerate(self._styles) if own == style]
        new = [one for one in among if one not in bought]
        return self.chance.choices(new, [self._weights[one] for one in new]) if new else []

    def _add_leaf(self, leaf: tuple[str, ...], usual: int) -> None:
        brands = self.chance.sample(BRANDS, BRANDS_PER_LEAF)
        for number in range(self.recipe.models):
            style, stars = self.chance.randrange(STYLES), self.chance.gauss(4.1, 0.4)
            model = f"{MODELS[style]} {100 + number}"
            brand, people = self.chance.choice(brands), int(self.chance.lognormvariate(4, 1.5))
            price = Decimal(str(round(usual * math.exp(self.chance.gauss(0, 0.4)), 2)))
            parent = f"p{len(self.products)}"
            for colour in COLOURS[: self.recipe.variants]:
                self._leaves.setdefault(leaf, []).append(len(self.products))
                self._styles.append(style)
                self._stars.append(stars)
                self.products.append(
                    Product(
                        product_id=f"{parent}-{colour.casefold()}",
                        name=f"{brand} {model} {leaf[-1]}, {colour}",
                        category=leaf,
                        price=price,
                        currency="EUR",
                        rating=Decimal(str(round(min(5.0, max(1.0, stars)), 1))),
                        rating_count=people,
                        brand=brand,
                        parent_id=parent if self.recipe.variants > 1 else None,
                        variant=colour,
                    )
                )

    def _sequels_of(self, product: Product) -> list[int]:
        """Return some products of the leaf that the product's leads to; a part's last leads to its first."""
        beside = [leaf for leaf in self._leaves if leaf[:-1] == product.category[:-1]]
        following = beside[(beside.index(product.category) + 1) % len(beside)]
        return self.chance.sample(self._leaves[following], SEQUELS)
