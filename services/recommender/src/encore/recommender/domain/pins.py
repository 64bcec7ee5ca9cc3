"""Which of the shop's pinned products a customer gets, where there are more than one list may have.

The shop's file says what is pinned. Without a ranking the first of them go to everybody; with Personalize's
ranking of them for a customer, those that suit this customer best.
"""

import json
from collections.abc import Callable, Iterable, Sequence

from pydantic import BaseModel

from encore.recommender.domain.csv_files import is_fit_id

MAX_RANKED = 500
"""How many products `aws-personalized-ranking-v2` orders in one request."""


class RunPins(BaseModel):
    """The pinned products that a run has Personalize rank, in the order of the shop's file."""

    product_ids: tuple[str, ...] = ()

    @classmethod
    def of(cls, pinned: Iterable[str], is_sold: Callable[[str], bool], most: int) -> "RunPins":
        """Return what there is to rank: nothing unless more are sold than the `most` that a list may have."""
        sold = [one for one in dict.fromkeys(pinned) if is_sold(one) and is_fit_id(one)][:MAX_RANKED]
        return cls(product_ids=tuple(sold) if 0 < most < len(sold) else ())


def pin_lines(customer_ids: Iterable[str], pins: Sequence[str]) -> bytes:
    """Return a line of a batch job's input for each customer.

    Source: Amazon Personalize developer guide, "Batch inference input and output", for personalized ranking.
    """
    lines = (json.dumps({"userId": one, "itemList": list(pins)}) for one in customer_ids)
    return "".join(f"{line}\n" for line in lines).encode()


def in_order(pinned: Sequence[str], ranked: Sequence[str]) -> Sequence[str]:
    """Return the pinned products in a customer's order.

    What is not in the ranking, because the shop pinned it later, keeps its place in the file.
    """
    if not ranked:
        return pinned
    known = frozenset(ranked)
    still = frozenset(pinned)
    best = iter([one for one in dict.fromkeys(ranked) if one in still])
    return [next(best) if one in known else one for one in dict.fromkeys(pinned)]
