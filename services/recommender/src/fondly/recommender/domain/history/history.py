"""What is known of a customer over all runs: their reviews without the words, and their purchases.

A weekly file adds to it. Of a customer's reviews of a product the newest counts, whichever file had it; every
order counts once, as the newest file tells of it: what was undone or returned is no purchase any more, and no
review makes theirs what they returned. What has no time of its own has that of the run that first had it.
Nothing here says who somebody is.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from math import inf
from types import MappingProxyType
from typing import Any, NamedTuple, Self, TypeVar

from fondly.contracts.records import (
    Customer,
    CustomerEvent,
    EventKind,
    Exclusion,
    Identifier,
    Purchase,
    Record,
    Review,
    ScoredReview,
    SentimentScores,
    Undone,
)
from fondly.recommender.domain.history.known import KnownPurchase, KnownReview, Look
from fondly.recommender.domain.history.preferences import Scores
from fondly.recommender.domain.history.returns import first_of, is_undone, left_of, line_of, merged

MAX_ITEM_BYTES = 300_000
"""DynamoDB stores 400 KB in an item; the oldest of what exceeds this is left out."""
MOST_LOOKS = 150
"""How many clicks and looks are kept: earlier ones teach little."""
Known = TypeVar("Known", Review, Purchase, Undone)


class Told(NamedTuple):
    """A part's customers with all that is known of them, and the scores of all their reviews.

    `scored` are the reviews of the run's file alone: what earlier ones said of aspects is not kept.
    """

    customers: Sequence[Customer]
    scored: Sequence[ScoredReview]
    scores: Scores
    reviews: Mapping[str, Sequence[Review]] = MappingProxyType({})
    """The reviews of the run's file with their words, by customer."""
    nothing_kept: int = 0
    """How many customers only earlier files tell to have kept nothing of their orders."""


class History(Record):
    """All that is known of one customer, and which run last had them in its file."""

    customer_id: Identifier
    run_id: str = ""
    age: int | None = None
    exclusion: Exclusion | None = None
    reviews: tuple[KnownReview, ...] = ()
    """The reviews, those of the newest file first."""
    purchases: tuple[KnownPurchase, ...] = ()
    undone: tuple[Undone, ...] = ()
    looks: tuple[Look, ...] = ()
    """At most `MOST_LOOKS`, newest first."""

    @classmethod
    def of(
        cls, customer: Customer, scores: Scores, *, run_id: str, now: int, before: "History | None" = None
    ) -> Self:
        """Return what is known once a run of the time `now`, in Unix seconds, has told of a customer."""
        before = before or History(customer_id=customer.customer_id)
        told = {one.review_id: one for one in before.reviews}
        reviews = [
            _review(one, scores.get((customer.customer_id, one.review_id)), now, told.get(one.review_id))
            for one in customer.reviews
        ]
        lines = {*map(line_of, customer.purchases), *map(line_of, customer.undone)}
        purchases = merged(customer.purchases, before.purchases, now)
        return cls(
            customer_id=customer.customer_id,
            run_id=run_id,
            age=first_of(customer.age, before.age),
            exclusion=customer.exclusion,
            reviews=_newest(customer.reviews, reviews, before.reviews),
            purchases=left_of(purchases, customer.undone, before.undone),
            undone=(*customer.undone, *(one for one in before.undone if line_of(one) not in lines)),
            looks=before.looks,
        ).judged()

    @classmethod
    def from_item(cls, item: Mapping[str, Any]) -> Self:
        """Read an item of the table."""
        return cls.model_validate_json(item["history"])

    def item(self) -> dict[str, Any]:
        """Return the item that is stored: one text, which takes a fraction of the time of nested lists."""
        history = self
        while len((text := history.model_dump_json(exclude_defaults=True)).encode()) > MAX_ITEM_BYTES:
            halves = {
                name: _newest_half(getattr(history, name)) for name in ("reviews", "purchases", "undone")
            }
            history = history.model_copy(update=halves)
        return {"customer_id": self.customer_id, "run_id": self.run_id, "history": text}

    def with_events(self, events: Iterable[CustomerEvent]) -> "History":
        """Return what is known with what the customer did since; what is known already changes nothing.

        A purchase is that of an order of which a file tells, too, if that is of its time or later.
        """
        ordered: dict[str, int] = {}
        for order in self.purchases:
            ordered[order.product_id] = max(ordered.get(order.product_id, 0), order.timestamp or 0)
        purchases, looks = list(self.purchases), set(self.looks)
        for event in events:
            if event.kind is not EventKind.PURCHASED:
                looks.add(Look(product_id=event.product_id, kind=event.kind, timestamp=event.timestamp))
            elif event.timestamp > ordered.get(event.product_id, -1) and not is_undone(event, self.undone):
                facts = event.model_dump(include={"product_id", "timestamp", "value"})
                purchases.append(KnownPurchase(order_id=event.event_id, is_event=True, **facts))
        newest = sorted(looks, key=lambda one: (-one.timestamp, one.product_id, one.kind))
        told = {"purchases": tuple(purchases), "looks": tuple(newest[:MOST_LOOKS])}
        return self.model_copy(update=told).judged()

    def judged(self) -> Self:
        """Leave out reviews of what was returned; whoever has nothing left of their orders is excluded."""
        if not self.undone:
            return self
        bought, gone = ({one.product_id for one in some} for some in (self.purchases, self.undone))
        returned = {one.product_id for one in self.undone if one.is_return} - bought
        reviews = tuple(
            one
            for one in self.reviews
            if returned.isdisjoint(one.product_ids) or not bought.isdisjoint(one.product_ids)
        )
        has_any = bought or any(gone.isdisjoint(one.product_ids) for one in reviews)
        said: Exclusion | None = None if self.exclusion is Exclusion.NOTHING_KEPT else self.exclusion
        exclusion = said or (None if has_any else Exclusion.NOTHING_KEPT)
        return self.model_copy(update={"reviews": reviews, "exclusion": exclusion})

    @property
    def customer(self) -> Customer:
        """The customer, as far as they are known."""
        return self.completing(Customer(customer_id=self.customer_id, age=self.age, exclusion=self.exclusion))

    def completing(self, customer: Customer) -> Customer:
        """Return a file's customer with everything that is known of them, without words."""
        known = {"reviews": self.reviews, "purchases": self.purchases, "undone": self.undone}
        return customer.model_copy(update={**known, "exclusion": customer.exclusion or self.exclusion})

    @property
    def scores(self) -> Scores:
        """The scores of the reviews that have any."""
        return {
            (self.customer_id, one.review_id): _scores(one.polarity)
            for one in self.reviews
            if one.polarity is not None
        }

    def without(self, product_ids: Container[str]) -> "History":
        """Return what would be known if nothing had been told of some products."""
        return self.model_copy(
            update={
                "reviews": _without(self.reviews, product_ids),
                "purchases": tuple(one for one in self.purchases if one.product_id not in product_ids),
                "undone": tuple(one for one in self.undone if one.product_id not in product_ids),
                "looks": tuple(one for one in self.looks if one.product_id not in product_ids),
            }
        )


def _review(
    told: Review, scores: SentimentScores | None, now: int, before: KnownReview | None
) -> KnownReview:
    """Return a review that an earlier run may have had, perhaps under further products."""
    earlier = before.product_ids if before else ()
    return KnownReview(
        review_id=told.review_id,
        product_ids=tuple(dict.fromkeys((*told.product_ids, *earlier))),
        rating=told.rating,
        polarity=scores.polarity if scores else before.polarity if before else None,
        timestamp=first_of(told.timestamp, before and before.timestamp, now),
    )


def _newest(
    file: Iterable[Review], told: Sequence[KnownReview], before: Iterable[KnownReview]
) -> tuple[KnownReview, ...]:
    """Return the newest review of each product, by its time; one of the file without a time is newest."""
    names = {one.review_id for one in told}
    older = [one for one in before if one.review_id not in names]
    mine, theirs = _times(file), _times(older)
    lost = {product_id for product_id in mine.keys() & theirs if theirs[product_id] > mine[product_id]}
    return (*_without(told, lost), *_without(older, mine.keys() - lost))


def _without(reviews: Iterable[KnownReview], product_ids: Container[str]) -> tuple[KnownReview, ...]:
    left = ((one, tuple(each for each in one.product_ids if each not in product_ids)) for one in reviews)
    return tuple(one.model_copy(update={"product_ids": ids}) for one, ids in left if ids)


def _times(reviews: Iterable[Review]) -> dict[str, float]:
    """Return the products of reviews with the latest time."""
    times: dict[str, float] = {}
    for review in reviews:
        time = inf if review.timestamp is None else review.timestamp
        for product_id in review.product_ids:
            times[product_id] = max(times.get(product_id, 0), time)
    return times


def _scores(polarity: float) -> SentimentScores:
    """Return scores of this polarity; which of the other two labels a text had is not kept."""
    return SentimentScores(
        positive=max(polarity, 0.0), negative=max(-polarity, 0.0), neutral=1 - abs(polarity), mixed=0.0
    )


def _newest_half(known: Sequence[Known]) -> tuple[Known, ...]:
    return tuple(sorted(known, key=lambda one: -(one.timestamp or 0))[: len(known) // 2])
