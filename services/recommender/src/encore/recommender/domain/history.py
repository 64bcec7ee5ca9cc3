"""What is known of a customer over all runs: their reviews without the words, and their purchases.

A weekly file adds to it. Of one customer and one product the newest review counts, whichever file had it, and
every order once. Nothing here says who somebody is.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import Field

from encore.contracts.records import (
    Customer,
    CustomerEvent,
    EventKind,
    Exclusion,
    Identifier,
    Purchase,
    Record,
    Review,
    SentimentScores,
)
from encore.recommender.domain.preferences import Scores

MAX_ITEM_BYTES = 300_000
"""DynamoDB stores 400 KB in an item; the oldest of what exceeds this is left out."""
MOST_LOOKS = 150
"""Of clicks and looks that lie further back nobody learns much."""
Seconds = Annotated[int, Field(ge=0)]


class KnownReview(Record):
    """A review without its words: `polarity` is what they say, -1 to 1, None if they were not scored."""

    review_id: Identifier
    product_ids: tuple[Identifier, ...]
    rating: Decimal | None = None
    polarity: Annotated[float, Field(ge=-1, le=1)] | None = None
    timestamp: Seconds | None = None
    seen_at: Seconds
    """The time of the run that had it first: it dates what has no time of its own, in every run alike."""


class KnownPurchase(Record):
    """A product that was bought by an order."""

    order_id: Identifier
    product_id: Identifier
    timestamp: Seconds | None = None
    seen_at: Seconds
    quantity: Annotated[int, Field(ge=1)] = 1
    value: Decimal | None = None
    """What it came to, in the shop's currency; None if the shop has not told."""

    def told_before(self, earlier: "KnownPurchase") -> "KnownPurchase":
        """Return this one, since when it has been known, and what it came to as far as either says."""
        value = earlier.value if self.value is None else self.value
        return self.model_copy(update={"seen_at": earlier.seen_at, "value": value})


class KnownLook(Record):
    """A click on a product, or a look at its page: neither a possession nor a preference."""

    product_id: Identifier
    kind: EventKind
    timestamp: Seconds


class History(Record):
    """All that is known of one customer, and which run last had them in its file."""

    customer_id: Identifier
    run_id: str
    age: int | None = None
    exclusion: Exclusion | None = None
    reviews: tuple[KnownReview, ...] = ()
    """Of the newest file first."""
    purchases: tuple[KnownPurchase, ...] = ()
    looks: tuple[KnownLook, ...] = ()
    """At most `MOST_LOOKS`, newest first."""

    @classmethod
    def of(cls, customer: Customer, scores: Scores, *, run_id: str, now: int) -> Self:
        """Return what a run of the time `now`, in Unix seconds, tells of a customer."""
        told = {one.review_id: scores.get((customer.customer_id, one.review_id)) for one in customer.reviews}
        return cls(
            customer_id=customer.customer_id,
            run_id=run_id,
            age=customer.age,
            exclusion=customer.exclusion,
            reviews=tuple(_known(one, told[one.review_id], now) for one in customer.reviews),
            purchases=tuple(
                KnownPurchase(
                    order_id=one.order_id,
                    product_id=one.product_id,
                    timestamp=one.timestamp,
                    seen_at=now,
                    quantity=one.quantity,
                    value=one.value,
                )
                for one in customer.purchases
            ),
        )

    @classmethod
    def from_item(cls, item: Mapping[str, Any]) -> Self:
        """Read an item of the table."""
        return cls.model_validate_json(item["history"])

    def item(self) -> dict[str, Any]:
        """Return the item that is stored: one text, which takes a fraction of the time of nested lists."""
        return {
            "customer_id": self.customer_id,
            "run_id": self.run_id,
            "history": self._fitting().model_dump_json(exclude_defaults=True),
        }

    def after(self, earlier: "History | None") -> "History":
        """Return what is known with an earlier history added: by customer and product the newest wins."""
        if earlier is None:
            return self
        before = {one.review_id: one for one in earlier.reviews}
        again = [_again(one, before.get(one.review_id)) for one in self.reviews]
        names = {one.review_id for one in again}
        older = [one for one in earlier.reviews if one.review_id not in names]
        oldest = _without(older, _times(again), ties=True)
        newest = _without(again, _times(oldest), ties=False)
        return self.model_copy(
            update={
                "age": earlier.age if self.age is None else self.age,
                "reviews": (*newest, *oldest),
                "purchases": _purchases(self.purchases, earlier.purchases),
                "looks": _looks(self.looks, earlier.looks),
            }
        )

    def with_events(self, events: Iterable[CustomerEvent]) -> "History":
        """Return what is known with what the customer did since; what is known already changes nothing.

        A purchase is that of an order of which a file tells, too, if that is of its time or later.
        """
        ordered: dict[str, int] = {}
        for order in self.purchases:
            ordered[order.product_id] = max(ordered.get(order.product_id, 0), _time(order))
        purchases, looks = list(self.purchases), list[KnownLook]()
        for event in events:
            if event.kind is not EventKind.PURCHASED:
                looks.append(
                    KnownLook(product_id=event.product_id, kind=event.kind, timestamp=event.timestamp)
                )
            elif event.timestamp > ordered.get(event.product_id, -1):
                purchases.append(_bought(event))
        return self.model_copy(update={"purchases": tuple(purchases), "looks": _looks(looks, self.looks)})

    @property
    def customer(self) -> Customer:
        """The customer, as far as they are known."""
        return self.completing(Customer(customer_id=self.customer_id, age=self.age, exclusion=self.exclusion))

    def completing(self, customer: Customer) -> Customer:
        """Return a file's customer with everything that is known of them: texts are those of the file."""
        in_file = {one.review_id: one for one in customer.reviews}
        orders = {(one.order_id, one.product_id): one for one in customer.purchases}
        return customer.model_copy(
            update={
                "reviews": tuple(_review(one, in_file.get(one.review_id)) for one in self.reviews),
                "purchases": tuple(
                    orders.get((one.order_id, one.product_id)) or _purchase(one) for one in self.purchases
                ),
            }
        )

    @property
    def scores(self) -> Scores:
        """The scores of the reviews that have any."""
        return {
            (self.customer_id, one.review_id): _scores(one.polarity)
            for one in self.reviews
            if one.polarity is not None
        }

    @property
    def seen_at(self) -> dict[str, int]:
        """Since when the customer is known to have each product as they have it, in Unix seconds."""
        seen: dict[str, int] = {}
        for review in self.reviews:
            for product_id in review.product_ids:
                seen[product_id] = max(seen.get(product_id, 0), review.seen_at)
        for purchase in self.purchases:
            seen[purchase.product_id] = max(seen.get(purchase.product_id, 0), purchase.seen_at)
        return seen

    def _fitting(self) -> "History":
        """Leave out the oldest, half at a time, until DynamoDB would store the rest."""
        fitting = self
        while len(fitting.model_dump_json(exclude_defaults=True).encode()) > MAX_ITEM_BYTES:
            fitting = fitting.model_copy(
                update={
                    "reviews": _newest_half(fitting.reviews),
                    "purchases": _newest_half(fitting.purchases),
                }
            )
        return fitting


def _known(review: Review, scores: SentimentScores | None, now: int) -> KnownReview:
    return KnownReview(
        review_id=review.review_id,
        product_ids=tuple(dict.fromkeys(review.product_ids)),
        rating=review.rating,
        polarity=None if scores is None else scores.polarity,
        timestamp=review.timestamp,
        seen_at=now,
    )


def _again(new: KnownReview, before: KnownReview | None) -> KnownReview:
    """Return a review that an earlier run may have had, perhaps under further products."""
    if before is None:
        return new
    product_ids = tuple(dict.fromkeys((*new.product_ids, *before.product_ids)))
    polarity = before.polarity if new.polarity is None else new.polarity
    return new.model_copy(
        update={"product_ids": product_ids, "polarity": polarity, "seen_at": before.seen_at}
    )


def _times(reviews: Iterable[KnownReview]) -> dict[str, int | None]:
    """Return the products of reviews with the latest time; None if none of them has a time."""
    times: dict[str, int | None] = {}
    for review in reviews:
        for product_id in review.product_ids:
            known = times.setdefault(product_id, review.timestamp)
            if review.timestamp is not None and (known is None or known < review.timestamp):
                times[product_id] = review.timestamp
    return times


def _without(
    reviews: Sequence[KnownReview], others: Mapping[str, int | None], *, ties: bool
) -> list[KnownReview]:
    """Take from reviews the products of which others are newer; with `ties`, also where no time decides."""

    def yields(review: KnownReview, product_id: str) -> bool:
        if product_id not in others:
            return False
        theirs = others[product_id]
        if theirs is None or review.timestamp is None or theirs == review.timestamp:
            return ties
        return theirs > review.timestamp

    kept = (
        one.model_copy(
            update={"product_ids": tuple(each for each in one.product_ids if not yields(one, each))}
        )
        if others
        else one
        for one in reviews
    )
    return [one for one in kept if one.product_ids]


def _purchases(new: Iterable[KnownPurchase], earlier: Iterable[KnownPurchase]) -> tuple[KnownPurchase, ...]:
    before = {(one.order_id, one.product_id): one for one in earlier}
    found = {}
    for one in new:
        key = one.order_id, one.product_id
        seen = before.pop(key, None)
        found[key] = one if seen is None else one.told_before(seen)
    return (*found.values(), *before.values())


def _bought(event: CustomerEvent) -> KnownPurchase:
    return KnownPurchase(
        order_id=event.event_id,
        product_id=event.product_id,
        timestamp=event.timestamp,
        seen_at=event.timestamp,
        value=event.value,
    )


def _looks(new: Iterable[KnownLook], earlier: Iterable[KnownLook]) -> tuple[KnownLook, ...]:
    by_time = sorted({*new, *earlier}, key=lambda one: (-one.timestamp, one.product_id, one.kind))
    return tuple(by_time[:MOST_LOOKS])


def _review(known: KnownReview, in_file: Review | None) -> Review:
    if in_file is None:
        return Review(
            review_id=known.review_id,
            product_ids=known.product_ids,
            rating=known.rating,
            timestamp=known.timestamp,
        )
    if in_file.product_ids == known.product_ids:
        return in_file
    return in_file.model_copy(update={"product_ids": known.product_ids})


def _purchase(known: KnownPurchase) -> Purchase:
    return Purchase(
        order_id=known.order_id,
        product_id=known.product_id,
        quantity=known.quantity,
        timestamp=known.timestamp,
        value=known.value,
    )


def _scores(polarity: float) -> SentimentScores:
    """Return scores of this polarity; which of the other two labels a text had is not kept."""
    return SentimentScores(
        positive=max(polarity, 0.0), negative=max(-polarity, 0.0), neutral=1 - abs(polarity), mixed=0.0
    )


def _newest_half(known: Sequence[KnownReview] | Sequence[KnownPurchase]) -> tuple[Any, ...]:
    return tuple(sorted(known, key=_time, reverse=True)[: len(known) // 2])


def _time(one: KnownReview | KnownPurchase) -> int:
    return one.seen_at if one.timestamp is None else one.timestamp
