"""What picks are made from while a customer waits: the shop as it is today, and what is asked of it."""

from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b

from pydantic import TypeAdapter

from encore.contracts.records import Exclusion, Pick
from encore.recommender.domain.picks import pick
from encore.recommender.domain.preferences import Preference
from encore.recommender.domain.run_rules import RunRules
from encore.recommender.domain.shop import Shop
from encore.recommender.domain.shopper import Shopper

TAG_BYTES = 16
NOT_SHOWN = {"__all__": {"product": {"bullets", "parent_id", "cost_class"}, "reason": {"review_id"}}}
"""What is the shop's own, such as a product's margin, and what makes an answer long."""
_PICKS = TypeAdapter(tuple[Pick, ...])


class PickedFrom(StrEnum):
    """What the order of the products came from that picks were made from."""

    CAMPAIGN = "campaign"
    """Personalize ranked them just now."""
    BATCH = "batch"
    """The ranking that the last run got for the customer."""
    LAST_PICKS = "last_picks"
    """What the customer was recommended last: their ranking is not kept."""
    POPULARITY = "popularity"
    """Nothing is known that would rank products for this customer."""


ENGINES = (PickedFrom.BATCH, PickedFrom.CAMPAIGN)
"""What may be asked for."""


@dataclass(frozen=True, slots=True)
class Edition:
    """Which shop picks are made from: a run's, by the rules and the shop's file of today."""

    run_id: str
    rules: RunRules
    now: int
    """In Unix seconds; products that are sold from a later time on are not offered."""
    file_problem: str | None = None
    """Why the shop's file of today is not used, but that of the run."""

    @property
    def digest(self) -> str:
        """A short name that another run, other rules or another time changes."""
        return digest_of(self.run_id, self.rules.model_dump_json(), str(self.now))


@dataclass(frozen=True, slots=True)
class Wanted:
    """All that is known of a customer who waits for picks."""

    customer_id: str
    preferences: tuple[Preference, ...] = ()
    ranked: tuple[str, ...] = ()
    emailed: frozenset[str] = frozenset()
    unwanted: frozenset[str] = frozenset()
    """The departments that they want nothing of."""

    @property
    def digest(self) -> str:
        """A short name of all of it: whoever has the same gets the same picks from the same shop."""
        known = (map(repr, self.preferences), self.ranked, sorted(self.emailed), sorted(self.unwanted))
        return digest_of(self.customer_id, *map("\n".join, known))


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentAnswer:
    """A customer's current picks, and what they came from."""

    customer_id: str
    is_known: bool
    """False for somebody of whom no file and no event has said anything."""
    exclusion: Exclusion | None
    """Why the customer is not written to; nothing personal is picked for them then."""
    source: PickedFrom
    run_id: str
    """The run that the shop is of."""
    tag: str
    """A name of the shop and of all that is known of the customer: equal tags, equal picks."""
    fallback: str | None
    """Why the picks do not come from the engine that was asked for; None if they do."""
    picks: bytes | None
    """The picks as JSON, best first (see `read_picks`); None if the asker has those of this tag."""


def picks_of(shop: Shop, wanted: Wanted) -> bytes:
    """Pick products for a customer, and write them as JSON where they were made."""
    shopper = Shopper(
        shop,
        wanted.preferences,
        wanted.ranked,
        wanted.customer_id,
        wanted.emailed,
        unwanted=wanted.unwanted,
    )
    return _PICKS.dump_json(pick(shopper).picks, exclude_none=True, exclude=NOT_SHOWN)


def read_picks(picks: bytes) -> tuple[Pick, ...]:
    """Read what `picks_of` wrote."""
    return _PICKS.validate_json(picks)


def digest_of(*facts: str) -> str:
    """Return a short name of facts."""
    return blake2b("\0".join(facts).encode(), digest_size=TAG_BYTES).hexdigest()
