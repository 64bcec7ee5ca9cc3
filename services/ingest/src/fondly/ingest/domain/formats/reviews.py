"""Exports of reviews: Judge.me's, and those of Amazon that researchers share."""

from collections import Counter
from collections.abc import Sequence

from fondly.ingest.domain.formats.export import Cells, Constants, Export, Positions, sign, without_apostrophe
from fondly.ingest.domain.formats.fields import Kind
from fondly.ingest.domain.formats.mapper import Row


class JudgeMeReviews:
    """Maps reviews of Judge.me, which knows products by Shopify's number and by their handle.

    Shopify's product export has no such numbers, so a review's product is its handle, which is the
    `parent_id` of the product's variants. Only an id that is not a number, such as a SKU of the shop, is
    preferred.
    """

    def __init__(self, positions: Positions, constants: Constants) -> None:  # noqa: ARG002 - as every export's
        self.left_out: Counter[str] = Counter()
        self._positions = positions
        self._direct = [part for part in positions if part not in {"product_id", "handle", "curated"}]

    def map(self, cells: Sequence[str]) -> Row | None:
        """Return a review; None for one that the shop has marked as spam."""
        row = Cells(self._positions, cells)
        if row["curated"].casefold() == "spam":
            self.left_out["reviews marked as spam"] += 1
            return None
        number = without_apostrophe(row["product_id"])
        found = {part: row[part] for part in self._direct}
        found["product_id"] = number if number and not number.isdigit() else row["handle"] or number
        return found


JUDGE_ME_REVIEWS = Export(
    name="Judge.me reviews",
    kind=Kind.REVIEWS,
    signature=sign("body", "rating", "reviewername|revieweremail", "producthandle"),
    parts={
        "review_id": ("reviewid", "id"),
        "review_title": ("title",),
        "review_content": ("body",),
        "rating": ("rating",),
        "timestamp": ("reviewdate", "createdat"),
        "user_name": ("reviewername",),
        "email": ("revieweremail",),
        "product_id": ("productid",),
        "handle": ("producthandle",),
        "curated": ("curated",),
    },
    composed={"product_id": ("product_id", "handle")},
    mapper=JudgeMeReviews,
)
AMAZON_REVIEWS = Export(
    name="Amazon reviews",
    kind=Kind.REVIEWS,
    signature=sign("customerid", "reviewid", "productid", "starrating", "reviewbody"),
    parts={
        "review_id": ("reviewid",),
        "user_id": ("customerid",),
        "product_id": ("productid",),
        "rating": ("starrating",),
        "review_title": ("reviewheadline",),
        "review_content": ("reviewbody",),
        "timestamp": ("reviewdate",),
    },
)
"""The Amazon Customer Reviews Dataset of 2015: one review a line, separated by tabs."""

AMAZON_REVIEWS_2023 = Export(
    name="Amazon reviews",
    kind=Kind.REVIEWS,
    signature=sign("asin", "userid|reviewerid", "rating|overall", "text|reviewtext"),
    parts={
        "user_id": ("userid", "reviewerid"),
        "user_name": ("reviewername",),
        "product_id": ("asin", "parentasin"),
        "rating": ("rating", "overall"),
        "review_title": ("title", "summary"),
        "review_content": ("text", "reviewtext"),
        "timestamp": ("timestamp", "unixreviewtime", "sorttimestamp"),
    },
)
"""Amazon Reviews 2018 and 2023 of https://amazon-reviews-2023.github.io, as tables."""
