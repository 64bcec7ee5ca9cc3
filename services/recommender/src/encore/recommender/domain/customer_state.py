"""What the tables say of one customer at this moment."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from encore.contracts.consent import Contact
from encore.contracts.records import Exclusion, RecommendationSource
from encore.recommender.domain import customer_events, earlier_picks, kept_rankings
from encore.recommender.domain.earlier_picks import LATEST, LatestPicks
from encore.recommender.domain.history import History
from encore.recommender.domain.kept_rankings import KeptRanking
from encore.recommender.domain.preferences import Preference, preferences_of
from encore.recommender.domain.real_time import PickedFrom
from encore.recommender.domain.topics import departments


@dataclass(frozen=True, slots=True)
class CustomerState:
    """A customer's history, ranking and last picks, as far as there are any."""

    history: History | None = None
    latest: LatestPicks | None = None
    """What they were recommended last, in whichever run."""
    source: PickedFrom = PickedFrom.POPULARITY
    ranked: tuple[str, ...] = ()
    """The best order of products that is kept for the customer, and what it is.

    A run that ranked nothing for them picked by popularity, although a ranking of an earlier one is kept.
    """
    unwanted: frozenset[str] = frozenset()
    """The departments that they want nothing of (see `topics`)."""

    @classmethod
    def of(
        cls, history: History | None, items: Iterable[Mapping[str, Any]], contact: Contact | None = None
    ) -> "CustomerState":
        """Tell the customer's items of the recommendations table (see `keys`) apart by their sort keys."""
        found = {str(item["run_id"]): dict(item) for item in items}
        kept = found.pop(kept_rankings.RANKING, None)
        latest = LatestPicks.from_item(found.pop(LATEST)) if LATEST in found else None
        if events := found.pop(customer_events.EVENTS, None):
            known = history or History(customer_id=events["customer_id"], run_id="")
            history = known.with_events(customer_events.from_item(events))
        source, ranked = PickedFrom.POPULARITY, tuple[str, ...]()
        is_by_popularity = any(one["source"] == RecommendationSource.POPULARITY for one in found.values())
        if kept and not is_by_popularity:
            source, ranked = PickedFrom.BATCH, KeptRanking.from_item(kept).product_ids
        elif latest and latest.emails[0].product_ids and not is_by_popularity:
            source, ranked = PickedFrom.LAST_PICKS, latest.emails[0].product_ids
        unwanted = departments(contact.topics_off) if contact else frozenset()
        return cls(history, latest, source, ranked, unwanted)

    @property
    def exclusion(self) -> Exclusion | None:
        """Why the customer is not written to, if they are not."""
        return self.history.customer.exclusion if self.history else None

    @property
    def preferences(self) -> tuple[Preference, ...]:
        """What the customer has, and how much they like it."""
        return tuple(preferences_of(self.history.customer, self.history.scores)) if self.history else ()

    def emailed(self, run_id: str, *, emails: int) -> frozenset[str]:
        """Return the products of the customer's last emails before those of a run, as the run counts them."""
        before = self.latest.before(run_id) if self.latest else ()
        return frozenset(product_id for email in before[:emails] for product_id in email.product_ids)


def keys(customer_id: str, run_id: str) -> list[dict[str, str]]:
    """Return the keys of a customer's items in the recommendations table.

    They are the ranking, the last picks, what the customer did since, and the run's picks.
    """
    return [
        *customer_events.keys([customer_id]),
        *kept_rankings.keys([customer_id]),
        *earlier_picks.keys([customer_id]),
        {"customer_id": customer_id, "run_id": run_id},
    ]
