"""A row of the file: a product with up to eight reviewers, in cells as awkward as the real ones."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fondly.evaluation.sample.catalogue import Listing, Variant
from fondly.evaluation.sample.chance import every
from fondly.evaluation.sample.reviews import Review
from fondly.ingest.domain.formats.fields import KAGGLE
from fondly.stack.pictures.addresses import BASE_URL

COLUMNS = (
    *KAGGLE,
    # beyond the Kaggle file: what ingest also reads
    "brand",
    "parent_id",
    "variant",
    "in_stock",
)
_WITH_PARENT = 3
"""Only listings in so many colours name their parent: a shop's data has gaps."""
_SOLD_OUT = every(25, first=3)
_NEW_PRICE = every(9, first=4)  # a later edition of these costs more
_NO_RATING, _NO_RATING_COUNT = {7}, {8, 10}
_BARE_COMMA = re.compile(r",(?! )")


@dataclass(frozen=True, slots=True)
class Row:
    """One row before its lists are joined. `edition` numbers the rows of one product."""

    listing: Listing
    variant: Variant
    edition: int
    user_ids: Sequence[str]
    user_names: Sequence[str]
    review_ids: Sequence[str]
    reviews: Sequence[Review]

    @property
    def names_are_ambiguous(self) -> bool:
        """Whether a name holds a comma that looks like the one between two names."""
        return _ambiguous(self.user_names)

    @property
    def titles_are_ambiguous(self) -> bool:
        """Whether a title holds a comma that looks like the one between two titles."""
        return _ambiguous([review.title for review in self.reviews])

    @property
    def texts_are_ambiguous(self) -> bool:
        """Whether a text holds a comma that looks like the one between two texts."""
        return _ambiguous([review.text for review in self.reviews])

    def cells(self) -> dict[str, str]:
        """Return the cells in the order of the file."""
        cells = (*self._product(), *self._reviews(), *self._links(), *self._merchandising())
        return dict(zip(COLUMNS, cells, strict=True))

    def _product(self) -> Iterator[str]:
        listing = self.listing
        increase = 10_00 if self.edition and listing.index in _NEW_PRICE else 0
        discounted, actual = listing.discounted_paise + increase, listing.actual_paise + increase
        yield self.variant.product_id
        yield self.variant.name
        yield listing.family.category
        yield rupees(discounted)
        yield rupees(actual)
        yield f"{(200 * (actual - discounted) + actual) // (2 * actual)}%"
        yield "|" if listing.index in _NO_RATING else f"{listing.rating_tenths / 10:g}"
        yield "" if listing.index in _NO_RATING_COUNT else grouped(listing.rating_count + self.edition)
        yield "|".join(listing.bullets)

    def _reviews(self) -> Iterator[str]:
        yield ",".join(self.user_ids)
        yield ",".join(self.user_names)
        yield ",".join(self.review_ids)
        yield ",".join(review.title for review in self.reviews)
        yield ",".join(review.text for review in self.reviews)

    def _links(self) -> Iterator[str]:
        slug = "-".join(re.findall(r"[A-Za-z0-9]+", self.variant.name)[:5])
        code = self.variant.product_id
        yield picture_url(self.listing.family.key, self.variant.colour)
        yield f"https://shop.example.com/{slug}/p/{code}?from=list&edition={self.edition}"

    def _merchandising(self) -> Iterator[str]:
        variants = self.listing.variants
        named = len(variants) >= _WITH_PARENT
        yield self.listing.brand
        yield variants[0].product_id if named else ""
        yield self.variant.colour if named else ""
        yield "no" if self.listing.index in _SOLD_OUT else "yes"


def picture_name(kind: str, colour: str) -> str:
    """Return the file name of a kind of product in a colour, such as `kettle-bottle-green.png`."""
    return f"{kind}-{'-'.join(re.findall('[a-z]+', colour.lower()))}.png"


def picture_url(kind: str, colour: str) -> str:
    """Return the address at which every local stack serves that picture."""
    return BASE_URL + picture_name(kind, colour)


def rupees(paise: int) -> str:
    """Return an Indian price: `₹1,39,900.50`, without decimals for whole rupees."""
    whole, rest = divmod(paise, 100)
    return f"₹{grouped(whole)}" + (f".{rest:02}" if rest else "")


def grouped(number: int) -> str:
    """Return the number with Indian digit groups: three digits, then twos (`1,39,900`)."""
    head, tail = divmod(number, 1000)
    if not head:
        return str(tail)
    pairs = re.sub(r"(?<=\d)(?=(?:\d\d)+$)", ",", str(head))
    return f"{pairs},{tail:03}"


def _ambiguous(entries: Sequence[str]) -> bool:
    """Whether joining the entries loses their boundaries; a single entry fills its cell."""
    return len(entries) > 1 and any(_BARE_COMMA.search(entry) for entry in entries)
