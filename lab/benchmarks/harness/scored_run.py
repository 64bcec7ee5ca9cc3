"""A run as ingest and sentiment leave it: customers of a shop with a few reviews each, all scored."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from fondly.contracts import object_keys
from fondly.contracts.records import (
    Customer,
    Product,
    ProductSentiment,
    Review,
    ScoredReview,
    Sentiment,
    SentimentScores,
)

PRODUCTS = 2_000
PER_CATEGORY = 40
FAVOURITES = 3
FEWEST_REVIEWS, MOST_REVIEWS = 1, 6
PART_CUSTOMERS = 100
WEEK_S = 604_800
NOW = 1_790_000_000
MAKERS = ("Ambra", "Brisk", "Corvo", "Dela", "Ember", "Fjord", "Gala")
NOUNS = ("Kettle", "Lamp", "Cable", "Chair", "Hose", "Knife", "Speaker", "Blender", "Rack", "Fan")


@dataclass(frozen=True)
class ScoredRun:
    """So many customers in parts of a hundred; the same every time."""

    customers: int

    @property
    def parts(self) -> int:
        """How many parts they make."""
        return -(-self.customers // PART_CUSTOMERS)

    async def store(self, objects: Any, run_id: str) -> None:  # noqa: ANN401 - any bucket
        """Store the run, part by part."""
        await objects.put_lines(object_keys.products(run_id), catalogue())
        await objects.put_lines(object_keys.product_sentiment(run_id), sentiments())
        for part in range(1, self.parts + 1):
            customers = list(self._part(part))
            await objects.put_lines(object_keys.customers(run_id, part), customers)
            await objects.put_lines(object_keys.sentiment(run_id, part), _scored(customers, part))

    def _part(self, part: int) -> Iterator[Customer]:
        first = (part - 1) * PART_CUSTOMERS
        for number in range(first, min(first + PART_CUSTOMERS, self.customers)):
            yield _customer(number)


def catalogue() -> list[Product]:
    """The shop's products, forty of a category."""
    return [_product(number) for number in range(PRODUCTS)]


def sentiments() -> list[ProductSentiment]:
    """What is known of each product."""
    return [ProductSentiment(product_id=f"P{n:06}", positive=4, polarity=0.4) for n in range(PRODUCTS)]


def _product(number: int) -> Product:
    shelf = number // PER_CATEGORY
    noun = NOUNS[shelf % len(NOUNS)]
    return Product.model_validate(
        {
            "product_id": f"P{number:06}",
            "name": f"{MAKERS[number % len(MAKERS)]} {noun} {number} with {number % 17} settings",
            "category": ("Home", f"Department {shelf % 10}", f"{noun}s {shelf}"),
            "price": 100 + number % 900,
            "currency": "INR",
            "rating": Decimal(30 + number % 20) / 10,
            "rating_count": 10 + number % 5_000,
        }
    )


def _customer(number: int) -> Customer:
    chance = random.Random(number)  # noqa: S311 - test data
    favourites = [chance.randrange(PRODUCTS // PER_CATEGORY) for _ in range(FAVOURITES)]
    owned = {
        chance.choice(favourites) * PER_CATEGORY + int(chance.random() ** 2 * PER_CATEGORY)
        for _ in range(chance.randint(FEWEST_REVIEWS, MOST_REVIEWS))
    }
    return Customer(
        customer_id=f"C{number:07}",
        name=f"Name {number}",
        email=f"c{number}@example.com",
        reviews=tuple(
            Review(
                review_id=f"R{number}-{place}",
                product_ids=(f"P{one:06}",),
                text="It does what it should, and the colour is nice.",
                rating=Decimal(chance.randint(2, 5)),
                timestamp=NOW - chance.randrange(100) * WEEK_S,
            )
            for place, one in enumerate(sorted(owned))
        ),
    )


def _scored(customers: list[Customer], part: int) -> Iterator[ScoredReview]:
    chance = random.Random(-part)  # noqa: S311 - test data
    for customer in customers:
        for review in customer.reviews:
            positive = chance.random()
            yield ScoredReview(
                review_id=review.review_id,
                customer_id=customer.customer_id,
                product_ids=review.product_ids,
                language="en",
                sentiment=Sentiment.POSITIVE if positive > 1 / 2 else Sentiment.NEGATIVE,
                scores=SentimentScores(positive=positive, negative=1 - positive, neutral=0, mixed=0),
            )
