"""Rankings kept under the sort key `ranking`, so that a later run does not pay for the customer again."""

import json
from collections.abc import Callable
from hashlib import sha256
from sys import intern
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict

from fondly.contracts.clock import SECONDS_PER_DAY

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
        """Return whether it may stand for one that Personalize would make on this basis.

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
