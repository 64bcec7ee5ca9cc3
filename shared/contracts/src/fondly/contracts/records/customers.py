"""Customers, and what they have said, bought and done."""

from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from typing import Annotated

from pydantic import Field

from fondly.contracts.records.base import MAX_VALUE, RUN_ID, Identifier, Record

SENTENCE_ENDS = frozenset(".!?…।。！？")  # noqa: RUF001 - full-width marks end sentences too


class Review(Record):
    """One customer's review of one product, which may be listed under several product ids."""

    review_id: Identifier
    product_ids: Annotated[tuple[Identifier, ...], Field(min_length=1)]
    title: str | None = None
    text: str | None = None
    rating: Annotated[Decimal, Field(ge=0, le=5)] | None = None
    """The reviewer's own stars, if the file has them (the Kaggle format does not)."""
    timestamp: Annotated[int, Field(ge=0)] | None = None
    """Unix seconds."""

    @property
    def document(self) -> str:
        """Title and text on one line, as they are scored; empty if there is neither."""
        return one_line(self.title, self.text)


class Purchase(Record):
    """A product that a customer has bought, by one order, whether they reviewed it or not."""

    order_id: Identifier
    product_id: Identifier
    quantity: Annotated[int, Field(ge=1)] = 1
    timestamp: Annotated[int, Field(ge=0)] | None = None
    """Unix seconds."""
    value: Annotated[Decimal, Field(ge=0, le=MAX_VALUE)] | None = None
    """What all of them came to, in the shop's currency; None if the shop has not told."""


class Undone(Record):
    """A product of an order that is no purchase, whichever file has told of one, or a return."""

    order_id: Identifier
    product_id: Identifier
    is_return: bool = False
    """They had it, and gave it back: a reason not to recommend it."""
    of_others: Annotated[int, Field(ge=0)] | None = None
    """The order takes back so many of orders that this file does not tell of; None: all of its own."""
    timestamp: Annotated[int, Field(ge=0)] | None = None
    """When it was ordered, or given back if it is `of_others`; Unix seconds."""


class EventKind(StrEnum):
    """What a customer has done with a product."""

    CLICKED = "clicked"
    """They followed a link to it, as in an email."""
    VIEWED = "viewed"
    """They looked at its page."""
    PURCHASED = "purchased"


class CustomerEvent(Record):
    """Something that a customer has done with a product; of one customer's events each has its own id."""

    event_id: Identifier
    customer_id: Identifier
    product_id: Identifier
    kind: EventKind
    timestamp: Annotated[int, Field(ge=0)]
    """Unix seconds."""
    run_id: Annotated[str, Field(pattern=RUN_ID)] | None = None
    """The run whose email led to it."""
    session_id: Identifier | None = None
    """The visit that it belongs to, as the shop names it."""
    value: Annotated[Decimal, Field(ge=0, le=MAX_VALUE, decimal_places=4)] | None = None
    """What a purchase came to, in the shop's currency."""


class SharedText(Record):
    """A review's text of which only the product is known, not which of its reviewers wrote it."""

    product_id: Identifier
    text: Annotated[str, Field(min_length=1)]

    @property
    def document(self) -> str:
        """The text on one line, as it is scored."""
        return one_line(self.text)

    @property
    def text_id(self) -> str:
        """A name for the text that is the same in every run: `text-` and a digest of its words."""
        return f"text-{sha256(self.document.encode()).hexdigest()[:24]}"


def one_line(*texts: str | None) -> str:
    """Join texts into one line: whitespace collapses, and a text without a full stop of its own gets one."""
    lines = [line for text in texts if (line := " ".join((text or "").split()))]
    ended = [line if line[-1] in SENTENCE_ENDS else f"{line}." for line in lines[:-1]]
    return " ".join([*ended, *lines[-1:]])


class Exclusion(StrEnum):
    """Why a customer gets no email, and no paid call is made for them."""

    NO_CONSENT = "no_consent"
    """The shop's data says that they do not want marketing."""
    SUPPRESSED = "suppressed"
    """The shop's data says that they must not be written to."""
    UNDER_AGE = "under_age"
    """They are younger than the shop writes to."""
    NOTHING_KEPT = "nothing_kept"
    """All of their orders were undone or returned, and they have reviewed nothing else."""
    UNCHANGED = "unchanged"
    """They have had an email of just what the files tell: no part of the run has them."""


class Customer(Record):
    """A customer with all their reviews and purchases; they already know the products of these.

    Nobody with an `exclusion` gets an email or a paid call; what they reviewed and bought still tells what
    other customers may like.
    """

    customer_id: Identifier
    name: str | None = None
    email: str | None = None
    age: Annotated[int, Field(ge=0, le=150)] | None = None
    marketing_consent: bool | None = None
    """None is unknown: the shop's data says nothing."""
    suppressed: bool | None = None
    language: str | None = None
    """A language tag of BCP 47, such as "de" or "de-AT"."""
    time_zone: str | None = None
    """A name of the IANA time zone database, such as "Europe/Berlin"."""
    exclusion: Exclusion | None = None
    reviews: tuple[Review, ...] = ()
    purchases: tuple[Purchase, ...] = ()
    undone: tuple[Undone, ...] = ()

    @property
    def returned(self) -> frozenset[str]:
        """The products that they returned and have not kept by another order."""
        return frozenset(one.product_id for one in self.undone if one.is_return).difference(
            one.product_id for one in self.purchases
        )

    @property
    def product_ids(self) -> tuple[str, ...]:
        """The distinct products of the customer's reviews, then of their purchases, by first appearance."""
        reviewed = (product_id for review in self.reviews for product_id in review.product_ids)
        bought = (purchase.product_id for purchase in self.purchases)
        return tuple(dict.fromkeys([*reviewed, *bought]))
