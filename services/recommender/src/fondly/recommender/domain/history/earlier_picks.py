"""What a customer was recommended before: an item for each run, and one of the last runs, under `latest`."""

from typing import Any, Self

from pydantic import BaseModel, ConfigDict

from fondly.contracts.records import Complaint, Recommendation

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


class LatestPicks(BaseModel):
    """What the last runs recommended to a customer, newest first."""

    customer_id: str
    emails: Earlier
    complaint: Complaint | None = None
    """What the customer complained of when the last run picked for them."""

    @classmethod
    def of(cls, recommendation: Recommendation, run_id: str, earlier: Earlier) -> Self:
        """Put a run's recommendation before the earlier ones."""
        newest = EarlierPicks(run_id=run_id, product_ids=_product_ids(recommendation))
        emails, facts = (newest, *earlier[:MAX_EARLIER]), recommendation
        return cls(customer_id=facts.customer_id, emails=emails, complaint=facts.complaint)

    def item(self) -> dict[str, Any]:
        """Return the item that is stored."""
        return {**self.model_dump(), "run_id": LATEST}

    def before(self, run_id: str) -> Earlier:
        """Return the picks of other runs, newest first, so that a repeated part sees what it saw before."""
        return tuple(each for each in self.emails if each.run_id != run_id)[:MAX_EARLIER]


def run_item(recommendation: Recommendation, run_id: str) -> dict[str, Any]:
    """Return a customer's item for one run."""
    return {
        "customer_id": recommendation.customer_id,
        "run_id": run_id,
        "source": recommendation.source,
        "product_ids": _product_ids(recommendation),
        "reasons": [pick.reason.kind for pick in recommendation.picks],
    }


def _product_ids(recommendation: Recommendation) -> tuple[str, ...]:
    return tuple(pick.product.product_id for pick in recommendation.picks)
