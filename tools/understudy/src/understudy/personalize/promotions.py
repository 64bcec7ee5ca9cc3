"""Promotions: a share of what is recommended comes from what a filter allows."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from understudy.personalize.errors import invalid_input
from understudy.wire.service import Params

PROMOTED = "Promoted item"
"""The reason why an item is among the recommended, as AWS spells it."""


@dataclass(frozen=True, slots=True)
class Promotion:
    """A share of the results, in per cent, that one filter applies to and the request's does not."""

    name: str | None
    percent: int
    filtered: Params

    @classmethod
    def of(cls, params: Params) -> Self | None:
        """Return the promotion of a request, None if it has none.

        Raises InvalidInputException for one without a percentage or a filter.
        """
        found = params.get("promotions")
        if not found:
            return None
        [promotion] = found
        for name in ("filterArn", "percentPromotedItems"):
            if name not in promotion:
                raise invalid_input(f"A promotion requires {name}.")
        filtered = {key: promotion[key] for key in ("filterArn", "filterValues") if key in promotion}
        return cls(promotion.get("name"), promotion["percentPromotedItems"], filtered)

    def share(self, limit: int) -> int:
        """Return how many of `limit` results are promoted: the percentage, rounded down, but one."""
        return max(1, limit * self.percent // 100) if limit else 0

    def marked(self, listed: Sequence[Params], *, reasons: bool) -> list[Params]:
        """Return items as they stand in an answer, each with the promotion, and maybe as a reason."""
        marks: Params = {"reason": [PROMOTED]} if reasons else {}
        if self.name is not None:
            marks["promotionName"] = self.name
        return [{**each, **marks} for each in listed]


def joined(others: Sequence[Params], promoted: Sequence[Params], limit: int, *, seed: str) -> list[Params]:
    """Return `promoted` among as many of `others` as fill up `limit`; none of them twice.

    Each of both keeps its order. Where the promoted ones stand is random, but the same for the same seed.
    """
    ids = {each["itemId"] for each in promoted}
    left = [each for each in others if each["itemId"] not in ids][: limit - len(promoted)]
    places = random.Random(seed).sample(range(len(left) + len(promoted)), len(promoted))  # noqa: S311
    answer = list(left)
    for place, each in zip(sorted(places), promoted, strict=True):
        answer.insert(place, each)
    return answer
