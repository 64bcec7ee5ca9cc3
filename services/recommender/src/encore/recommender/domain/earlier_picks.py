"""What a customer was recommended before, as kept in the recommendations table.

Beside its item for each run, a customer has one item under the sort key `latest`: the picks of the run that
was selected last, and of the runs before it. That item can be read without knowing any earlier run.
"""

from collections.abc import Sequence
from typing import Any, Self

from pydantic import BaseModel, ConfigDict

from encore.contracts.records import Recommendation

LATEST = "latest"
MAX_EARLIER = 20
"""As many emails as the rules can look back on."""


class EarlierPicks(BaseModel):
    """What one run recommended to a customer."""

    model_config = ConfigDict(frozen=True)

    run_id: str
    product_ids: tuple[str, ...]


Earlier = tuple[EarlierPicks, ...]
"""One customer's picks of other runs, newest first."""


class LatestPicks(EarlierPicks):
    """What the run selected last recommended to a customer, and what the runs before it did."""

    customer_id: str
    earlier: Earlier = ()

    @classmethod
    def of(cls, recommendation: Recommendation, run_id: str, earlier: Earlier) -> Self:
        """Put a run's recommendation before the earlier ones."""
        return cls(
            customer_id=recommendation.customer_id,
            run_id=run_id,
            product_ids=_product_ids(recommendation),
            earlier=earlier[:MAX_EARLIER],
        )

    @classmethod
    def from_item(cls, item: dict[str, Any]) -> Self:
        """Read an item of the table."""
        return cls.model_validate({**item, "run_id": item["latest_run_id"]})

    def item(self) -> dict[str, Any]:
        """Return the item that is stored: its sort key is `latest` instead of the run."""
        return {**self.model_dump(), "run_id": LATEST, "latest_run_id": self.run_id}

    def before(self, run_id: str) -> Earlier:
        """Return the picks of other runs, newest first.

        The run's own are left out, so that a part that is selected again sees what it saw the first time.
        """
        newest = EarlierPicks(run_id=self.run_id, product_ids=self.product_ids)
        return tuple(each for each in (newest, *self.earlier) if each.run_id != run_id)[:MAX_EARLIER]


def run_item(recommendation: Recommendation, run_id: str) -> dict[str, Any]:
    """Return a customer's item for one run."""
    return {
        "customer_id": recommendation.customer_id,
        "run_id": run_id,
        "source": recommendation.source,
        "product_ids": _product_ids(recommendation),
        "reasons": [pick.reason.kind for pick in recommendation.picks],
    }


def keys(customer_ids: Sequence[str]) -> list[dict[str, str]]:
    """Return the keys of the customers' latest picks, each once."""
    return [{"customer_id": one, "run_id": LATEST} for one in dict.fromkeys(customer_ids)]


def _product_ids(recommendation: Recommendation) -> tuple[str, ...]:
    return tuple(pick.product.product_id for pick in recommendation.picks)
