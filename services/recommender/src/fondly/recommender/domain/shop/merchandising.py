"""What one shop decides about its products, beyond the figures of `Rules`."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopRules:
    """A shop's own list of decisions; empty for a shop that has none.

    Category names are matched by their words, as in the shipped tables.
    """

    excluded_products: frozenset[str] = frozenset()
    """Product ids that are never picked."""
    excluded_brands: frozenset[str] = frozenset()
    excluded_categories: tuple[str, ...] = ()
    pinned: tuple[str, ...] = ()
    """Product ids that are offered to everybody who may get them, in this order."""
    durable: Mapping[str, bool] = field(default_factory=dict)
    """By category: whether customers own one for years, where the shipped table is wrong for this shop."""
    complements: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By category: the categories of what goes with it, best first; they come before all others."""
