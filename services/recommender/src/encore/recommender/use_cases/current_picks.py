"""A customer's current picks: what a run would pick for them now, by all that is known now."""

from collections.abc import Awaitable, Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple, TypeVar

from encore.recommender.domain.customer_state import CustomerState
from encore.recommender.domain.real_time import (
    ENGINES,
    CurrentAnswer,
    OrderAnswer,
    PickedFrom,
    Wanted,
    tag_of,
)
from encore.recommender.domain.recent import Recent
from encore.recommender.ports import CustomerRecords, OpenedShop, ShopClosedError
from encore.recommender.use_cases.ask_in_time import Asked, AskInTime
from encore.recommender.use_cases.keep_shop import KeepShop

PAID = tuple(one for one in ENGINES if one is not PickedFrom.BATCH)
"""The engines that rank now, beside what is kept."""

NOT_ASKED_ABOUT = "the last run did not ask what is similar to the customer's products"
Answer = TypeVar("Answer")


class _Ranked(NamedTuple):
    """A customer with an order of products, what that came from, and why it is not what was asked for."""

    wanted: Wanted
    source: PickedFrom
    fallback: str | None = None


@dataclass(frozen=True, kw_only=True)
class CurrentPicks:
    """Picks by the rules of a run: the same state gives what the run gave.

    For whoever is excluded nothing personal is picked, and nothing is paid. Raises `NoShopError` before any
    run has been studied, `ShopClosedError` if the shop's process has ended, and `BusyError` if too many ask.
    """

    shops: KeepShop
    customers: CustomerRecords
    ask: AskInTime
    engine: PickedFrom = PickedFrom.BATCH
    """What ranks products if nobody says otherwise."""
    kept: Recent[bytes] = field(default_factory=lambda: Recent(0))
    """Picks by their tags."""

    async def find(
        self, customer_id: str, *, engine: PickedFrom | None = None, known_tags: Collection[str] = ()
    ) -> CurrentAnswer:
        """Return a customer's picks, without the picks themselves if the asker has them under a known tag."""
        shop = self.shops.current
        state = await self._state(shop, customer_id)
        ranked = await self._ranked(shop, customer_id, state, engine or self.engine)
        tag = tag_of(shop.edition.digest, ranked.wanted.digest)
        answer = CurrentAnswer(
            customer_id=customer_id,
            is_known=state.history is not None,
            exclusion=state.history.customer.exclusion if state.history else None,
            source=ranked.source,
            run_id=shop.edition.run_id,
            tag=tag,
            fallback=ranked.fallback,
        )
        if tag in known_tags:
            return answer
        return replace(answer, picks=await self._picks(shop, ranked.wanted, tag))

    async def order(self, customer_id: str, product_ids: Sequence[str]) -> OrderAnswer:
        """Return given products in the order for a customer: a ranking campaign's, else our own."""
        shop = self.shops.current
        state = await self._state(shop, customer_id)
        wanted, source, _ = await self._ranked(shop, customer_id, state, PickedFrom.BATCH)
        ours = await self._asking(shop, shop.ordered(wanted, product_ids))
        asked = None if _is_excluded(state) else await self.ask.order(customer_id, ours)
        known = set(ours)
        if asked and asked.product_ids:
            source = PickedFrom.CAMPAIGN
            ours = list(dict.fromkeys([*(one for one in asked.product_ids if one in known), *ours]))
        return OrderAnswer(
            customer_id=customer_id,
            is_known=state.history is not None,
            source=source,
            run_id=shop.edition.run_id,
            product_ids=ours,
            unknown=[one for one in dict.fromkeys(product_ids) if one not in known],
            fallback=asked.problem if asked else None,
        )

    async def _state(self, shop: OpenedShop, customer_id: str) -> CustomerState:
        return await self.customers.read(customer_id, shop.edition.run_id)

    async def _ranked(
        self, shop: OpenedShop, customer_id: str, state: CustomerState, engine: PickedFrom
    ) -> _Ranked:
        if _is_excluded(state):
            return _Ranked(Wanted(customer_id), PickedFrom.POPULARITY, _excluded(engine))
        rules = shop.edition.rules.rules
        emailed = state.emailed(shop.edition.run_id, emails=rules.emails_without_repeats)
        source, ranked = state.best_kept
        pins = state.pins_among(shop.edition.pins)
        wanted = Wanted(customer_id, state.preferences, ranked, emailed, pins, state.unwanted)
        if engine not in PAID:
            return _Ranked(wanted, source)
        asked = await self._asked(shop, engine, wanted)
        if asked.problem is not None:
            return _Ranked(wanted, source, asked.problem)
        return _Ranked(replace(wanted, ranked=asked.product_ids), engine)

    async def _asked(self, shop: OpenedShop, engine: PickedFrom, wanted: Wanted) -> Asked:
        """Ask an engine: the shop itself knows what is similar to a customer's products."""
        if engine is not PickedFrom.SIMILAR:
            return await self.ask.ask(engine, wanted.customer_id, replace(wanted, ranked=()).digest)
        found = await self._asking(shop, shop.woven(wanted.preferences))
        return Asked(found, None if found else NOT_ASKED_ABOUT)

    async def _picks(self, shop: OpenedShop, wanted: Wanted, tag: str) -> bytes:
        picks = self.kept.get(tag)
        if picks is None:
            picks = await self._asking(shop, shop.picks(wanted))
            self.kept.put(tag, picks)
        return picks

    async def _asking(self, shop: OpenedShop, answer: Awaitable[Answer]) -> Answer:
        try:
            return await answer
        except ShopClosedError:
            self.shops.report_broken(shop)
            raise


def _is_excluded(state: CustomerState) -> bool:
    return state.history is not None and state.history.customer.exclusion is not None


def _excluded(engine: PickedFrom) -> str | None:
    return "the customer is excluded" if engine in PAID else None
