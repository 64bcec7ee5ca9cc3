"""A made-up clothing shop: every garment is listed once for each of its sizes and colours.

It knows which products are one garment, so that tests can tell a list with the same garment twice.
"""

import csv
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product as combinations_of
from pathlib import Path
from statistics import fmean

from fondly.contracts.records import Product
from tests.support import garments

PRAISE = (
    "Lovely fabric and a perfect fit.",
    "Great quality, I wear it all the time.",
    "Beautiful, true to size, well made.",
)
COMPLAINTS = (
    "Poor stitching, came apart after one wash.",
    "Terrible fit and cheap fabric, very disappointed.",
)
NO_OPINION = ("It is what the picture shows.", "Arrived on Tuesday.")
MIDDLE_STARS = 3
ONLY_BAD = 1 / 12
"""The share of customers who like nothing that they bought."""
LOYALTY = 0.8
"""The share of purchases in the customer's own department."""
NEWEST = 1_790_000_000
"""Unix seconds."""
YEAR_S = 365 * 24 * 3600
JOINED = ("user_id", "user_name", "email", "review_id", "review_title", "review_content", "timestamp")

Row = dict[str, str]


@dataclass(frozen=True)
class Garment:
    """A garment in its sizes and colours; they share brand, category and price."""

    garment_id: str
    brand: str
    name: str
    category: str
    style: str
    price: Decimal
    sizes: Sequence[str]
    colours: Sequence[str]

    def listed(self) -> Iterator[Product]:
        """Yield a product for each colour and size, as the shop states everything."""
        for number, (colour, size) in enumerate(combinations_of(self.colours, self.sizes)):
            name = self.style.format(brand=self.brand, garment=self.name, colour=colour, size=size)
            yield Product(
                product_id=f"{self.garment_id}-{number:02}",
                name=name.replace("Size UK", "UK"),
                category=tuple(self.category.split("|")),
                price=self.price,
                list_price=self.price * 2,
                currency="INR",
                brand=self.brand,
                parent_id=self.garment_id,
                variant=f"{colour}, {size}",
            )


@dataclass(frozen=True)
class Bought:
    """One customer's review of one product."""

    review_id: str
    customer_id: str
    product_id: str
    stars: int
    text: str
    timestamp: int


class ClothingShop:
    """Sixty garments in about 1,000 sizes and colours, and customers with one to six reviews of them.

    A customer keeps mostly to one department. One in twelve customers has only bad reviews.
    """

    def __init__(self, *, seed: int = 1, customers: int = 600) -> None:
        self._written = 0
        self._chance = random.Random(seed)  # noqa: S311 - test data
        self.garments = [
            self._garment(number, category, kind)
            for number, (category, kind) in enumerate(
                (c, k) for c, (_, _, kinds) in garments.KINDS.items() for k in kinds
            )
        ]
        self.products = {product.product_id: product for one in self.garments for product in one.listed()}
        self.customers = [f"C{number:04}" for number in range(customers)]
        self.reviews = [review for customer in self.customers for review in self._reviews_of(customer)]
        self._stars: dict[str, list[int]] = {}
        for review in self.reviews:
            self._stars.setdefault(review.product_id, []).append(review.stars)

    def garment_of(self, product_id: str) -> str:
        """Return the garment that a product is a size and colour of."""
        return product_id.partition("-")[0]

    def catalogue(self, *, stated: bool = False) -> dict[str, Product]:
        """The products by id; brand, parent and variant are there only if `stated`."""
        hidden = {} if stated else {"brand": None, "parent_id": None, "variant": None}
        return {key: product.model_copy(update=hidden) for key, product in self.products.items()}

    def write(self, folder: Path, *, stated: bool = False) -> None:
        """Write the set of three files that ingest accepts; `stated` adds brand, parent_id and variant."""
        _write(folder / "products.csv", (self._product_row(key, stated=stated) for key in self.products))
        _write(folder / "customers.csv", (_customer_row(customer) for customer in self.customers))
        _write(folder / "reviews.csv", (_review_row(review) for review in self.reviews))

    def write_joined(self, path: Path, *, stated: bool = False) -> None:
        """Write the one file in the format of Kaggle's Amazon Sales Dataset, one row a product."""
        by_product: dict[str, list[Bought]] = {}
        for review in self.reviews:
            by_product.setdefault(review.product_id, []).append(review)
        _write(
            path,
            (
                self._product_row(product_id, stated=stated) | _joined_reviews(reviews)
                for product_id, reviews in by_product.items()
            ),
        )

    def _garment(self, number: int, category: str, kind: str) -> Garment:
        pattern, sizes, _ = garments.KINDS[category]
        return Garment(
            garment_id=f"G{number:02}",
            brand=self._chance.choice(garments.BRANDS),
            name=pattern.format(kind),
            category=category,
            style=self._chance.choice(garments.STYLES),
            price=Decimal(self._chance.randrange(499, 4_999, 50)),
            sizes=sizes,
            colours=self._chance.sample(garments.COLOURS, self._chance.randint(2, 5)),
        )

    def _reviews_of(self, customer: str) -> Iterator[Bought]:
        department = self._chance.choice(list(garments.KINDS)).split("|")[1]
        own = [one for one in self.garments if one.category.split("|")[1] == department]
        only_bad = self._chance.random() < ONLY_BAD
        for garment in self._chance.sample(own, min(len(own), self._chance.choice((1, 1, 1, 2, 3, 4, 5, 6)))):
            bought = garment if self._chance.random() < LOYALTY else self._chance.choice(self.garments)
            stars = self._chance.choice((1, 2) if only_bad else (1, 3, 4, 4, 5, 5, 5))
            yield self._review(customer, bought, stars)

    def _review(self, customer: str, garment: Garment, stars: int) -> Bought:
        self._written += 1
        texts = PRAISE if stars > MIDDLE_STARS else COMPLAINTS if stars < MIDDLE_STARS else NO_OPINION
        return Bought(
            review_id=f"R{self._written:05}",
            customer_id=customer,
            product_id=self._chance.choice(list(garment.listed())).product_id,
            stars=stars,
            text=self._chance.choice(texts),
            timestamp=NEWEST - self._chance.randrange(YEAR_S),
        )

    def _product_row(self, product_id: str, *, stated: bool) -> Row:
        product = self.products[product_id]
        stars = self._stars.get(product_id, [])
        row = {
            "product_id": product_id,
            "product_name": product.name,
            "category": "|".join(product.category),
            "discounted_price": f"₹{product.price:,}",
            "actual_price": f"₹{product.list_price:,}",
            "discount_percentage": "50%",
            "rating": f"{fmean(stars):.1f}" if stars else "",
            "rating_count": str(len(stars)),
            "about_product": f"{product.name}|Machine wash",
            "img_link": f"https://shop.example/{product_id}.jpg",
            "product_link": f"https://shop.example/{product_id}",
        }
        facts = {"brand": product.brand, "parent_id": product.parent_id, "variant": product.variant}
        return row | {column: value or "" for column, value in facts.items() if stated}


def _write(path: Path, rows: Iterable[Row]) -> None:
    """Write rows of the same columns."""
    rows = list(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def _customer_row(customer: str) -> Row:
    return {"user_id": customer, "user_name": f"Name {customer}", "email": f"{customer.lower()}@example.com"}


def _review_row(review: Bought) -> Row:
    return {
        "review_id": review.review_id,
        "user_id": review.customer_id,
        "product_id": review.product_id,
        "review_title": f"{review.stars} stars",
        "review_content": review.text,
        "rating": str(review.stars),
        "timestamp": str(review.timestamp),
    }


def _joined_reviews(reviews: Sequence[Bought]) -> Row:
    """One row's reviewers, separated by commas; their texts have none without a space beside it."""
    columns: dict[str, list[str]] = {}
    for review in reviews:
        own = _review_row(review) | _customer_row(review.customer_id)
        for column in JOINED:
            columns.setdefault(column, []).append(own[column])
    return {column: ",".join(values) for column, values in columns.items()}
