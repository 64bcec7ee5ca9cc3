"""What the tables say of one customer at this moment."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from encore.contracts.consent import Contact
from encore.contracts.records import RecommendationSource
from encore.recommender.domain import customer_events, earlier_picks, kept_rankings
from encore.recommender.domain.earlier_picks import LatestPicks
from encore.recommender.domain.history import History
from encore.recommender.domain.kept_rankings import KeptRanking
from encore.recommender.domain.preferences import Preference, preferences_of
from encore.recommender.domain.real_time import PickedFrom
from encore.recommender.domain.topics import departments


@dataclass(frozen=True, slots=True)
class CustomerState:
    """A customer's history, ranking and last picks, as far as there are any."""

    history: History | None = None
    ranking: tuple[str, ...] = ()
    """What Personalize ranked for them last, best first."""
    pins: tuple[str, ...] = ()
    """The order of pinned products that Personalize gave for them last."""
    latest: LatestPicks | None = None
    """What they were recommended last, in whichever run."""
    is_by_popularity: bool = False
    """Whether the shop's run had no ranking for them."""
    unwanted: frozenset[str] = frozenset()
    """The departments that they want nothing of (see `topics`)."""

    @classmethod
    def of(
        cls, history: History | None, items: Iterable[Mapping[str, Any]], contact: Contact | None = None
    ) -> "CustomerState":
        """Tell the customer's items of the recommendations table (see `keys`) apart by their sort keys."""
        found = {str(item["run_id"]): dict(item) for item in items}
        ranking = found.pop(kept_rankings.RANKING, None)
        pins = found.pop(kept_rankings.PINS, None)
        latest = found.pop(earlier_picks.LATEST, None)
        if events := found.pop(customer_events.EVENTS, None):
            known = history or History(customer_id=events["customer_id"], run_id="")
            history = known.with_events(customer_events.from_item(events))
        return cls(
            history=history,
            ranking=KeptRanking.from_item(ranking).product_ids if ranking else (),
            pins=KeptRanking.from_item(pins).product_ids if pins else (),
            latest=LatestPicks.from_item(latest) if latest else None,
            is_by_popularity=any(
                one["source"] == RecommendationSource.POPULARITY.value for one in found.values()
            ),
            unwanted=departments(contact.topics_off) if contact else frozenset(),
        )

    @property
    def preferences(self) -> tuple[Preference, ...]:
        """What the customer has, and how much they like it."""
        return tuple(preferences_of(self.history.customer, self.history.scores)) if self.history else ()

    def emailed(self, run_id: str, *, emails: int) -> frozenset[str]:
        """Return the products of the customer's last emails before those of a run, as the run counts them."""
        before = self.latest.before(run_id) if self.latest else ()
        return frozenset(product_id for email in before[:emails] for product_id in email.product_ids)

    def pins_among(self, ranked: Collection[str]) -> tuple[str, ...]:
        """Return the customer's order of the pins that a run had ranked; one of other pins is older."""
        return self.pins if ranked and set(self.pins) <= set(ranked) else ()

    @property
    def best_kept(self) -> tuple[PickedFrom, tuple[str, ...]]:
        """The best order of products that is kept for the customer, and what it is.

        A run that ranked nothing for them picked by popularity, although a ranking of an earlier one is kept.
        """
        if not self.is_by_popularity:
            if self.ranking:
                return PickedFrom.BATCH, self.ranking
            if self.latest and self.latest.product_ids:
                return PickedFrom.LAST_PICKS, self.latest.product_ids
        return PickedFrom.POPULARITY, ()


def keys(customer_id: str, run_id: str) -> list[dict[str, str]]:
    """Return the keys of a customer's items in the recommendations table.

    They are the ranking, the order of pins, the last picks, what the customer did since, and the run's picks.
    """
    return [
        *customer_events.keys([customer_id]),
        *kept_rankings.keys([customer_id]),
        *kept_rankings.keys([customer_id], kept_rankings.PINS),
        *earlier_picks.keys([customer_id]),
        {"customer_id": customer_id, "run_id": run_id},
    ]
