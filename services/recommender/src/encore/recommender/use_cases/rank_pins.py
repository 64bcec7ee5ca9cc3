"""Has Personalize rank the shop's pinned products for each customer, and keeps the answers.

An order of pins is kept like a ranking, in an item of its own, as long as the customer's data and the pins
are the same.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from encore.contracts.records import Customer, Product
from encore.recommender.domain import learned_keys, personalize_keys
from encore.recommender.domain.batch import Rankings, ranked_customers
from encore.recommender.domain.bundles import Bundle
from encore.recommender.domain.kept_rankings import RunRanking, basis_of_pins
from encore.recommender.domain.pins import RunPins, pin_lines
from encore.recommender.domain.shop_rules import ShopRules
from encore.recommender.domain.side_models import PINS, RANKING_RECIPE
from encore.recommender.ports import RankedObjects
from encore.recommender.use_cases.keep_rankings import KeepRankings, Settled
from encore.runtime.runs.run import Run

NOBODY = Settled({})


@dataclass(frozen=True, slots=True)
class PinOrders:
    """The orders of pinned products of a bundle's customers: kept ones, and those that were asked for."""

    settled: Mapping[str, RunRanking] = field(default_factory=dict)
    by_customer: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def new(self, customers: Sequence[Customer]) -> dict[str, Sequence[str]]:
        """Return the orders of those of these customers who have none that was kept."""
        asked = (one for one in ranked_customers(customers) if not self._has_kept(one))
        return {one: self.by_customer[one] for one in asked if one in self.by_customer}

    def _has_kept(self, customer_id: str) -> bool:
        return customer_id in self.settled and bool(self.settled[customer_id].product_ids)


NO_ORDERS = PinOrders()


@dataclass(frozen=True, kw_only=True)
class RankPins:
    """Settles which pins a run ranks and for whom, and reads the answers."""

    objects: RankedObjects
    kept: KeepRankings
    """That of orders of pins."""
    max_pinned: int
    """How many of them a customer gets."""
    is_on: bool = False
    """Whether runs that begin now have pins ranked."""

    async def begin(self, run_id: str, rules: ShopRules, products: Mapping[str, Product]) -> dict[str, str]:
        """Settle the pins that are ranked; return what the run's `step` keeps from the start."""
        if not self.is_on:
            return {}
        pins = RunPins.of(
            rules.pinned,
            lambda one: one in products and products[one].in_stock is not False,
            self.max_pinned,
        )
        await self.objects.put_lines(learned_keys.pins(run_id), [pins])
        return {PINS.recipe: RANKING_RECIPE if pins.product_ids else ""}

    async def ask(self, run: Run, first: int, bases: Mapping[str, str]) -> Settled:
        """Write for which of a bundle's customers, here with the bases of their rankings, pins are ranked."""
        if not run.step.get(PINS.recipe):
            return NOBODY
        (pins,) = await self.objects.get_lines(learned_keys.pins(run.run_id), RunPins)
        own = {name: basis_of_pins(basis, pins.product_ids) for name, basis in bases.items()}
        settled = await self.kept.settle(run, first, own, lambda _: True)
        if settled.asked:  # what Personalize makes of an empty file is not documented
            lines = await asyncio.to_thread(pin_lines, settled.asked, pins.product_ids)
            key = personalize_keys.pins_input(run.run_id, first)
            await self.objects.put(key, lines, content_type=personalize_keys.LINES_TYPE)
        return settled

    async def orders(self, run: Run, bundle: Bundle) -> PinOrders:
        """Read the orders of a bundle's customers; a customer without one gets that of the shop's file."""
        if not run.step.get(PINS.recipe):
            return NO_ORDERS
        settled = await self.kept.settled(run.run_id, bundle.first)
        rankings = Rankings()
        if PINS.is_asked(run.step):
            async for line in self.objects.lines(personalize_keys.pins_output(run.run_id, bundle.first)):
                rankings.add(line)
        kept = {name: one.product_ids for name, one in settled.items() if one.product_ids}
        return PinOrders(settled, rankings.by_customer | kept)

    async def keep(self, run: Run, orders: PinOrders, customers: Sequence[Customer]) -> int:
        """Keep the orders that were asked for; return the write units."""
        return await self.kept.keep(run, orders.settled, orders.new(customers))
