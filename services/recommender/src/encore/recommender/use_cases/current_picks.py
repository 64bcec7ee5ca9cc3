"""A customer's current picks: what a run would pick for them now, by all that is known now."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from encore.recommender.domain.customer_state import CustomerState
from encore.recommender.domain.real_time import CurrentAnswer, Edition, PickedFrom, Wanted, digest_of
from encore.recommender.domain.recent import Recent
from encore.recommender.ports import CustomerRecords, NoRankingError, OpenedShop, ShopClosedError
from encore.recommender.use_cases.ask_in_time import AskInTime
from encore.recommender.use_cases.keep_shop import KeepShop


@dataclass(frozen=True, kw_only=True)
class CurrentPicks:
    """Picks by the rules of a run: the same state gives what the run gave.

    For whoever is excluded nothing personal is picked, and nothing is paid. Raises `NoShopError` before any
    run has been studied, and `ShopClosedError` if the shop's process has ended.
    """

    shops: KeepShop
    customers: CustomerRecords
    ask: AskInTime
    engine: PickedFrom = PickedFrom.BATCH
    """What ranks products if nobody says otherwise."""
    kept: Recent[bytes]
    """Picks by their tags."""

    async def find(
        self, customer_id: str, *, engine: PickedFrom | None = None, known_tags: Collection[str] = ()
    ) -> CurrentAnswer:
        """Return a customer's picks, without the picks themselves if the asker has them under a known tag."""
        shop = self.shops.current
        state = await self.customers.read(customer_id, shop.edition.run_id)
        wanted, source, fallback = await self._ranked(shop.edition, customer_id, state, engine or self.engine)
        tag = digest_of(shop.edition.digest, wanted.digest)
        return CurrentAnswer(
            customer_id=customer_id,
            is_known=state.history is not None,
            exclusion=state.exclusion,
            source=source,
            run_id=shop.edition.run_id,
            tag=tag,
            fallback=fallback,
            picks=None if tag in known_tags else await self._picks(shop, wanted, tag),
        )

    async def _ranked(
        self, edition: Edition, customer_id: str, state: CustomerState, engine: PickedFrom
    ) -> tuple[Wanted, PickedFrom, str | None]:
        """Return a customer with an order of products, what that came from, and why from nothing better."""
        asks = engine is PickedFrom.CAMPAIGN
        if state.exclusion:
            return Wanted(customer_id), PickedFrom.POPULARITY, "the customer is excluded" if asks else None
        emailed = state.emailed(edition.run_id, emails=edition.rules.rules.emails_without_repeats)
        wanted = Wanted(customer_id, state.preferences, state.ranked, emailed, state.unwanted)
        if not asks:
            return wanted, state.source, None
        try:
            ranked = await self.ask.ask(customer_id, replace(wanted, ranked=()).digest)
        except NoRankingError as reason:
            return wanted, state.source, str(reason)
        return replace(wanted, ranked=ranked), PickedFrom.CAMPAIGN, None

    async def _picks(self, shop: OpenedShop, wanted: Wanted, tag: str) -> bytes:
        picks = self.kept.get(tag)
        if picks is None:
            try:
                picks = await shop.picks(wanted)
            except ShopClosedError:
                self.shops.report_broken(shop)
                raise
            self.kept.put(tag, picks)
        return picks
