"""Customers' rankings: asked of Personalize in a batch job, or kept from an earlier run, which paid for them.

Source of the lines: Personalize developer guide, "Batch inference input and output".
"""

import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from hashlib import sha256
from sys import intern
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict

from fondly.contracts.clock import SECONDS_PER_DAY
from fondly.contracts.records import Customer
from fondly.recommender.domain.personalize.datasets import is_fit_id

RANKING = "ranking"
"""Under which sort key a customer's ranking is kept."""
DIGEST_CHARS = 32
_SEPARATOR = "\n"
"""No id of the datasets has one: `csv_files.is_fit_id`."""


class RunRanking(BaseModel):
    """How a run has the ranking of one customer: kept from an earlier run, or asked of Personalize."""

    model_config = ConfigDict(frozen=True)

    customer_id: str
    basis: str
    product_ids: tuple[Annotated[str, AfterValidator(intern)], ...] = ()
    """The kept ranking, best first; empty if Personalize is asked. An id is in memory once."""


class KeptRanking(RunRanking):
    """What Personalize ranked for a customer, in which run, and at that run's time in Unix seconds."""

    ranked_in: str
    ranked_at: int

    @classmethod
    def from_item(cls, item: dict[str, Any]) -> Self:
        """Read an item of the table."""
        return cls.model_validate({**item, "product_ids": item["product_ids"].split(_SEPARATOR)})

    def item(self) -> dict[str, Any]:
        """Return the item that is stored: all ids are one text, which takes a fraction of a list's time."""
        return {**self.model_dump(), "run_id": RANKING, "product_ids": _SEPARATOR.join(self.product_ids)}

    def stands(self, basis: str, *, now: int, days: int, is_sold: Callable[[str], bool]) -> bool:
        """Return whether it may stand in for the ranking that Personalize would make on this basis.

        It is kept for some days by the calendar (UTC), so that the hour of a run does not matter, and as long
        as half of it is sold. `now` is the run's time in Unix seconds.
        """
        age = now // SECONDS_PER_DAY - self.ranked_at // SECONDS_PER_DAY
        if self.basis != basis or age >= days:
            return False
        return 2 * sum(map(is_sold, self.product_ids)) >= len(self.product_ids)


def digest(*facts: object) -> str:
    """Return a digest of facts that JSON can write."""
    return sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:DIGEST_CHARS]


def input_lines(customer_ids: Iterable[str]) -> bytes:
    """Return one line for every customer."""
    return "".join(json.dumps({"userId": one}) + "\n" for one in customer_ids).encode()


def ranked_customers(customers: Iterable[Customer]) -> list[str]:
    """Return the ids of those who may be mailed and whose id Personalize accepts: each costs an inference."""
    return [one.customer_id for one in customers if one.exclusion is None and is_fit_id(one.customer_id)]


class Rankings:
    """Each customer's items, best first, read line by line in any order.

    A customer whose line is missing, malformed or an error has none; the caller decides what to do. Ids are
    kept once: what a customer takes grows with the number of their items, not with the length of ids.
    """

    def __init__(self) -> None:
        self.by_customer: dict[str, tuple[str, ...]] = {}
        self.lines = 0
        """How many lines have been read, of whatever kind."""

    def add(self, line: bytes) -> None:
        """Read one line of the output."""
        if not line.strip():
            return
        self.lines += 1
        with suppress(ValueError, KeyError, TypeError):
            found = json.loads(line)
            if items := tuple(map(intern, found["output"]["recommendedItems"])):
                self.by_customer[intern(found["input"]["userId"])] = items
