"""What is kept of a customer's reviews, purchases and looks."""

from typing import Annotated

from pydantic import Field

from fondly.contracts.records import EventKind, Identifier, Purchase, Record, Review


class KnownReview(Review):
    """A review without its words: `polarity` is what they say, None if they were not scored."""

    polarity: Annotated[float, Field(ge=-1, le=1)] | None = None


class KnownPurchase(Purchase):
    """A product of an order; `is_dated` says whether the time is its own."""

    is_dated: bool = True
    is_event: bool = False
    """An event has told of it, under another id than the order's."""


class Look(Record):
    """A click on a product, or a look at its page: neither a possession nor a preference."""

    product_id: Identifier
    kind: EventKind
    timestamp: int
