"""What picks are made from while a customer waits: the shop as it is today, and what is known of them."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b
from typing import Any, Self

from pydantic import TypeAdapter

from fondly.contracts.consent import Contact
from fondly.contracts.records import Complaint, Exclusion, Pick, RecommendationSource
from fondly.recommender.domain.history import customer_events, earlier_picks
from fondly.recommender.domain.history.history import History
from fondly.recommender.domain.history.preferences import Preference, preferences_of
from fondly.recommender.domain.personalize import rankings
from fondly.recommender.domain.picking.picks import pick
from fondly.recommender.domain.picking.rules import RunRules
from fondly.recommender.domain.picking.shopper import Shopper
from fondly.recommender.domain.shop.shop import Shop
from fondly.recommender.domain.shop.taxonomy import departments
from fondly.recommender.domain.study.witnesses import weight_of
from fondly.runtime.runs.run import Run

DIGEST_BYTES = 16
NOT_SHOWN: dict[str, dict[str, bool | set[str]]] = {
    "__all__": {"product": {"bullets", "parent_id", "cost_class"}, "reason": {"review_id"}, "quotes": True}
}
"""What is the shop's own, such as a product's margin, and what makes an answer long."""
_PICKS = TypeAdapter(tuple[Pick, ...])
MAX_CHARS = 256
_UNFIT = frozenset({"Cc", "Cs"})
"""Control characters, and halves of what was no UTF-8."""
Items = Iterable[Mapping[str, Any]]


class PickedFrom(StrEnum):
    """What ranked the products that picks were made from."""

    CAMPAIGN = "campaign"
    """Personalize, just now."""
    BATCH = "batch"
    """Personalize, for the last run that asked it for the customer."""
    POPULARITY = "popularity"
    """Nothing: no ranking is known of the customer."""


@dataclass(frozen=True, slots=True)
class Edition:
    """Which shop picks are made from: a run's, by the rules and the shop's file of today."""

    run_id: str
    rules: RunRules
    now: int
    """In Unix seconds; products that are sold from a later time on are not offered."""
    ranking_weight: float = 1.0
    """How much the run's rankings count."""
    file_problem: str | None = None
    """Why the shop's file of today is not used, but that of the run."""

    @classmethod
    def of(cls, run: Run, rules: RunRules) -> Self:
        """Return the shop as a run picks from it."""
        return cls(run.run_id, rules, int(run.created_at.timestamp()), ranking_weight=weight_of(run))

    @property
    def digest(self) -> str:
        """A short name that another run, other rules, another time or another weight changes."""
        facts = (self.run_id, self.rules.model_dump_json(), str(self.now), str(self.ranking_weight))
        return blake2b("\0".join(facts).encode(), digest_size=DIGEST_BYTES).hexdigest()


@dataclass(frozen=True, slots=True)
class Wanted:
    """All that is known of a customer who waits for picks; of somebody excluded, nothing personal."""

    customer_id: str
    preferences: tuple[Preference, ...] = ()
    ranked: tuple[str, ...] = ()
    emailed: frozenset[str] = frozenset()
    unwanted: frozenset[str] = frozenset()
    """The departments that they want nothing of."""
    is_known: bool = False
    """False for somebody of whom no file and no event has said anything."""
    complaint: Complaint | None = None
    """What let them down, by their words in the last run that had them."""
    exclusion: Exclusion | None = None
    """Why the customer is not written to."""
    returned: frozenset[str] = frozenset()
    """What they gave back: it is not offered to them again, not even as popular."""


@dataclass(frozen=True, slots=True)
class CurrentAnswer:
    """A customer's current picks, and what they came from."""

    customer: Wanted
    run_id: str
    """The run that the shop is of."""
    picked_from: PickedFrom
    fallback: str | None
    """Why a campaign that there should be has not ranked; None if it has, or there is none."""
    picks: bytes
    """The picks as JSON, best first (see `read_picks`)."""


def picks_of(shop: Shop, wanted: Wanted) -> bytes:
    """Pick products for a customer, and write them as JSON where they were made."""
    shopper = Shopper(
        shop,
        wanted.preferences,
        wanted.ranked,
        wanted.customer_id,
        wanted.emailed,
        wanted.unwanted,
        complaint=wanted.complaint,
        returned=wanted.returned,
    )
    return _PICKS.dump_json(pick(shopper).picks, exclude_none=True, exclude=NOT_SHOWN)


def read_picks(picks: bytes) -> tuple[Pick, ...]:
    """Read what `picks_of` wrote."""
    return _PICKS.validate_json(picks)


def keys(customer_id: str, run_id: str) -> list[dict[str, str]]:
    """Return the keys of a customer's items: their events, ranking, last picks, and the run's picks."""
    return [
        {"customer_id": customer_id, "run_id": kept}
        for kept in (customer_events.EVENTS, rankings.RANKING, earlier_picks.LATEST, run_id)
    ]


def wanted_of(
    customer_id: str, edition: Edition, *, histories: Items, recommendations: Items, contacts: Items
) -> Wanted:
    """Return all that is known of a customer from their items in three tables."""
    found = {str(item["run_id"]): dict(item) for item in recommendations}
    history = next(map(History.from_item, histories), None)
    if events := found.get(customer_events.EVENTS):
        known = history or History(customer_id=customer_id, run_id="")
        history = known.with_events(customer_events.from_item(events))
    if history and history.exclusion:
        returned = history.customer.returned
        return Wanted(customer_id, is_known=True, exclusion=history.exclusion, returned=returned)
    kept, nothing = found.get(rankings.RANKING), {"customer_id": customer_id, "emails": ()}
    latest = earlier_picks.LatestPicks.model_validate(found.get(earlier_picks.LATEST, nothing))
    # A run that ranked nothing for them picked by popularity, although a ranking of an earlier one is kept.
    is_ranked = found.get(edition.run_id, {}).get("source") != RecommendationSource.POPULARITY
    emails = latest.before(edition.run_id)[: edition.rules.rules.emails_without_repeats]
    off = (department for one in contacts for department in Contact.model_validate(one).topics_off)
    return Wanted(
        customer_id,
        preferences=tuple(preferences_of(history.customer, history.scores)) if history else (),
        returned=history.customer.returned if history else frozenset(),
        ranked=rankings.KeptRanking.from_item(kept).product_ids if kept and is_ranked else (),
        emailed=frozenset(product_id for email in emails for product_id in email.product_ids),
        unwanted=departments(off),
        is_known=history is not None,
        complaint=latest.complaint,
    )


def id_problem(customer_id: str) -> str | None:
    """Return what keeps a text from being anybody's id, as the end of a sentence on it; None if nothing."""
    if not 1 <= len(customer_id) <= MAX_CHARS:
        return f"has {len(customer_id)} characters, expected 1 to {MAX_CHARS}"
    if customer_id.isspace():
        return "is blank"
    if any(unicodedata.category(one) in _UNFIT for one in customer_id):
        return "has a control character, or one that is not valid UTF-8"
    return None
