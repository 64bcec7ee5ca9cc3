"""A customer's current picks: what a run would pick for them now, by all that is known now."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from encore.recommender.domain.real_time import CurrentAnswer, PickedFrom, Wanted, digest_of
from encore.recommender.ports import CustomerRecords, NoRankingError, NoShopError, OpenedShop
from encore.recommender.use_cases.keep_shop import KeepShop
from encore.recommender.use_cases.rank_now import RankNow


@dataclass(frozen=True, kw_only=True)
class CurrentPicks:
    """Picks by the rules of a run: the same state gives what the run gave."""

    shops: KeepShop
    customers: CustomerRecords
    campaign: RankNow | None = None
    """What ranks now, if runs keep it; what stands in for it is the ranking of the last run."""

    async def find(self, customer_id: str, *, known_tags: Collection[str] = ()) -> CurrentAnswer:
        """Return a customer's picks, without the picks themselves if the asker has them under a known tag.

        For whoever is excluded nothing personal is picked, and nothing is paid. Raises `NoShopError` before
        any run has been studied, and if the shop's process has ended.
        """
        shop = self.shops.current
        wanted = await self.customers.read(customer_id, shop.edition)
        source, fallback = PickedFrom.BATCH if wanted.ranked else PickedFrom.POPULARITY, None
        if self.campaign and not wanted.exclusion:
            try:
                wanted = replace(wanted, ranked=await self.campaign.rank(wanted))
                source = PickedFrom.CAMPAIGN
            except NoRankingError as reason:
                fallback = str(reason)
        tag = digest_of(shop.edition.digest, wanted.digest)
        picks = None if tag in known_tags else await self._picks(shop, wanted)
        return CurrentAnswer(wanted, shop.edition.run_id, source, fallback, tag, picks)

    async def _picks(self, shop: OpenedShop, wanted: Wanted) -> bytes:
        try:
            return await shop.picks(wanted)
        except NoShopError:
            self.shops.report_broken(shop)
            raise
