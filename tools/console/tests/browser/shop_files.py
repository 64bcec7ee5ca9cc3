"""A made-up shop's files of any size, with a column that nobody but the shop can name."""

import random
from collections.abc import Iterator
from pathlib import Path

TEXTS = (
    "The kettle boils fast and looks good on the table",
    "Broke after two weeks: the lid is loose",
    "Lovely colour. It is quiet and easy to clean",
)


def write_shop(folder: Path, *, customers: int, reviews: int, products: int = 400) -> list[Path]:
    """Write products, customers and reviews; return the files."""
    made = {
        "products.csv": _products(products),
        "customers.csv": _customers(customers),
        "reviews.csv": _reviews(reviews, customers, products),
    }
    for name, lines in made.items():
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return [folder / name for name in made]


def _products(number: int) -> Iterator[str]:
    yield "product_id,product_name,category,discounted_price,product_link,img_link"
    for at in range(number):
        url = f"https://www.shop.example/{at}"
        yield f"P{at},Steel Kettle {at},Home|Kitchen|Kettles,{10 + at % 90}.99,{url},{url}.jpg"


def _customers(number: int) -> Iterator[str]:
    yield "user_id,user_name,email,May write,Loyalty"
    for at in range(number):
        yield f"C{at},Ann Lee {at},c{at}@shop.example,{'no' if at % 3 == 0 else 'yes'},{'ABC'[at % 3]}"


def _reviews(number: int, customers: int, products: int) -> Iterator[str]:
    yield "review_id,user_id,product_id,review_title,review_content,rating"
    chance = random.Random(1)  # noqa: S311 - made-up reviews
    for at in range(number):
        customer, product = chance.randrange(customers), chance.randrange(products)
        yield f"R{at},C{customer},P{product},Review {at},{chance.choice(TEXTS)} {at},{chance.randint(1, 5)}"
