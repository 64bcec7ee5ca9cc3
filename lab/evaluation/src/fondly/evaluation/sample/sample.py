"""A whole sample: its rows and their contents."""

from collections.abc import Iterator
from itertools import accumulate
from typing import NamedTuple

from fondly.evaluation.sample.catalogue import Listing, build_catalogue
from fondly.evaluation.sample.chance import customer_code, every, review_code, rng_for
from fondly.evaluation.sample.market import draw_market
from fondly.evaluation.sample.people import customer_name
from fondly.evaluation.sample.reviews import Review, compose_review
from fondly.evaluation.sample.row import Row
from fondly.evaluation.sample.vocabulary import load_vocabulary

REVIEWERS_PER_ROW = 8
_LISTED_AGAIN = every(12, first=4)  # one more row with the reviewers of an earlier one


class RowSource(NamedTuple):
    """What a row is made from: a listing, one of its variants, and a slice of its reviews."""

    listing: int
    variant: int
    start: int
    edition: int


class Sample:
    """A whole file, drawn but not yet written: everything except the texts is in memory."""

    def __init__(self, *, seed: int, customers: int, products: int) -> None:
        self.vocabulary = load_vocabulary()
        if products < len(self.vocabulary.families) or customers < products:
            raise ValueError("a sample needs 12 products or more, and no fewer customers")
        self.seed = seed
        listings = build_catalogue(self.vocabulary, seed=seed, products=products)
        self.market = draw_market(self.vocabulary, listings, seed=seed, customers=customers)
        self._first_review = [0, *accumulate(len(each) for each in self.market.buyers)]
        # As in the real file, the last buyer of one listing reviewed it twice.
        self._twice = next(i for i, each in enumerate(self.market.buyers) if len(each) % REVIEWERS_PER_ROW)

    @property
    def reviews(self) -> int:
        """The number of distinct reviews."""
        return self._first_review[-1] + 1

    @property
    def pairs(self) -> int:
        """The number of distinct pairs of customer and product id."""
        listings, buyers = self.market.listings, self.market.buyers
        return sum(len(b) * len(a.variants) for a, b in zip(listings, buyers, strict=True))

    def rows(self) -> Iterator[Row]:
        """Yield the rows in the order of the file; the rows of one product are far apart."""
        sources = list(self._sources())
        rng_for("order", self.seed).shuffle(sources)
        return map(self._row, sources)

    def _sources(self) -> Iterator[RowSource]:
        for listing, buyers in zip(self.market.listings, self.market.buyers, strict=True):
            starts = list(range(0, len(buyers), REVIEWERS_PER_ROW))
            starts += [0] if listing.index in _LISTED_AGAIN else []
            for variant in range(len(listing.variants)):
                for edition, start in enumerate(starts):
                    yield RowSource(listing.index, variant, start, edition)

    def _row(self, source: RowSource) -> Row:
        listing, buyers = self.market.listings[source.listing], self.market.buyers[source.listing]
        positions = list(range(source.start, min(source.start + REVIEWERS_PER_ROW, len(buyers))))
        customers = [buyers[position] for position in positions]
        numbers = [self._first_review[source.listing] + position for position in positions]
        if source.listing == self._twice and positions[-1] == len(buyers) - 1:
            positions, customers = [*positions, len(buyers)], [*customers, customers[-1]]
            numbers = [*numbers, self.reviews - 1]
        return Row(
            listing=listing,
            variant=listing.variants[source.variant],
            edition=source.edition,
            user_ids=[customer_code(each, seed=self.seed) for each in customers],
            user_names=[self._name(each) for each in customers],
            review_ids=[review_code(each, seed=self.seed) for each in numbers],
            reviews=[
                self._review(listing, number, position)
                for number, position in zip(numbers, positions, strict=True)
            ],
        )

    def _name(self, customer: int) -> str:
        return customer_name(self.vocabulary.names, customer, seed=self.seed)

    def _review(self, listing: Listing, number: int, position: int) -> Review:
        return compose_review(self.vocabulary, listing, number=number, position=position, seed=self.seed)
