"""What picks are made from while a customer waits: the shop as it is today, and what is asked of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import blake2b

from pydantic import TypeAdapter

from encore.contracts.records import Exclusion, Pick
from encore.recommender.domain.own_order import own_order
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
    SIMILAR = "similar"
    """What is similar to the customer's products, as the last run asked Personalize."""
    BATCH = "batch"
    """The ranking that the last run got for the customer."""
    LAST_PICKS = "last_picks"
    """What the customer was recommended last: their ranking is not kept."""
    POPULARITY = "popularity"
    """Nothing is known that would rank products for this customer."""


ENGINES = (PickedFrom.BATCH, PickedFrom.CAMPAIGN, PickedFrom.SIMILAR)
"""What may be asked for."""


@dataclass(frozen=True, slots=True)
class Edition:
    """Which shop picks are made from: a run's, by the rules and the shop's file of today."""

    run_id: str
    rules: RunRules
    now: int
    """In Unix seconds; products that are sold from a later time on are not offered."""
    has_related: bool = False
    """Whether the run knows what goes with products: its lists come later than the rest."""
    pins: tuple[str, ...] = ()
    """The pinned products that the run had ranked for customers."""
    product_files: int = 0
    """How many files there are of what goes with products: of the engine `similar`, once it answered."""
    file_problem: str | None = None
    """Why the shop's file of today is not used, but that of the run."""

    @property
    def digest(self) -> str:
        """A short name that another run, other rules or another time changes."""
        learned = (str(self.has_related), str(self.product_files), *self.pins)
        return _digest(self.run_id, self.rules.model_dump_json(), str(self.now), *learned)


@dataclass(frozen=True, slots=True)
class Wanted:
    """All that is known of a customer who waits for picks."""

    customer_id: str
    preferences: tuple[Preference, ...] = ()
    ranked: tuple[str, ...] = ()
    emailed: frozenset[str] = frozenset()
    pins: tuple[str, ...] = ()
    unwanted: frozenset[str] = frozenset()
    """The departments that they want nothing of."""

    def shopper(self, shop: Shop) -> Shopper:
        """Return the customer in a shop."""
        return Shopper(
            shop,
            self.preferences,
            self.ranked,
            self.customer_id,
            self.emailed,
            self.pins,
            self.unwanted,
        )

    @property
    def digest(self) -> str:
        """A short name of all of it: whoever has the same gets the same picks from the same shop."""
        preferences = "\n".join(map(repr, self.preferences))
        orders = (
            "\n".join(one) for one in (self.ranked, sorted(self.emailed), self.pins, sorted(self.unwanted))
        )
        return _digest(self.customer_id, preferences, *orders)


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
    fallback: str | None = None
    """Why the picks do not come from the engine that was asked for; None if they do."""
    picks: bytes | None = None
    """The picks as JSON, best first (see `read_picks`); None if the asker has those of this tag."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderAnswer:
    """Given products in the order for a customer."""

    customer_id: str
    is_known: bool
    source: PickedFrom
    run_id: str
    product_ids: Sequence[str]
    """All that were given and that the shop knows, best first."""
    unknown: Sequence[str] = field(default=())
    """Those that the shop does not know, as they were given."""
    fallback: str | None = None


def picks_of(shop: Shop, wanted: Wanted) -> bytes:
    """Pick products for a customer, and write them as JSON where they were made."""
    picks = pick(wanted.shopper(shop)).picks
    return _PICKS.dump_json(picks, exclude_none=True, exclude=NOT_SHOWN)


def read_picks(picks: bytes) -> tuple[Pick, ...]:
    """Read what `picks_of` wrote."""
    return _PICKS.validate_json(picks)


def order_of(shop: Shop, wanted: Wanted, product_ids: Sequence[str]) -> list[str]:
    """Put those of the products that the shop knows into the order for a customer, each once."""
    return own_order(wanted.shopper(shop), product_ids)


def tag_of(edition: str, wanted: str) -> str:
    """Return the name of an answer, by the digests of the shop and of what is known of the customer."""
    return _digest(edition, wanted)


def _digest(*facts: str) -> str:
    return blake2b("\0".join(facts).encode(), digest_size=TAG_BYTES).hexdigest()
