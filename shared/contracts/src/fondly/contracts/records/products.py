"""A product of the catalogue."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from fondly.contracts.records.base import Identifier, Record


class Product(Record):
    """A catalogue entry. `price` is the current price, `list_price` the price before the discount."""

    product_id: Identifier
    name: Annotated[str, Field(min_length=1)]
    category: tuple[str, ...] = ()
    """The path that says most of what the product is, from the shop's root to the leaf."""
    other_categories: tuple[tuple[str, ...], ...] = ()
    """The other paths that it stands in."""
    price: Annotated[Decimal, Field(ge=0)]
    list_price: Annotated[Decimal, Field(ge=0)] | None = None
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    discount_percent: Annotated[int, Field(ge=0, le=100)] | None = None
    rating: Annotated[Decimal, Field(ge=0, le=5)] | None = None
    rating_count: Annotated[int, Field(ge=0)] | None = None
    bullets: tuple[str, ...] = ()
    image_url: str | None = None
    link: str | None = None
    brand: str | None = None
    """As the shop states it; without it the recommender looks for a brand in the name."""
    parent_id: Identifier | None = None
    """What this product is a size, colour or other variant of; one parent makes one family."""
    variant: str | None = None
    """How this product differs from others of its parent, such as "Blue, XL"."""
    in_stock: bool | None = None
    """False keeps the product out of every email; None is unknown and counts as in stock."""
    available_from: Annotated[int, Field(ge=0)] | None = None
    """Since when the shop sells it, in Unix seconds."""
    cost_class: str | None = None
    """What the shop calls the product's margin or price class, such as "A"."""
