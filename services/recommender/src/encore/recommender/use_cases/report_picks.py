"""Reports how alike the picks of a run are, whichever tasks made them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from encore.contracts import object_keys
from encore.contracts.events import Round
from encore.contracts.picks_report import PicksReport
from encore.contracts.records import Recommendation
from encore.recommender.domain import learned_keys
from encore.recommender.domain.bundles import Bundle, bundles_of
from encore.recommender.domain.pick_groups import PickGroups, list_digest
from encore.runtime.ports import Objects
from encore.runtime.runs.ledger import Ledger
from encore.runtime.runs.run import Run


@dataclass(frozen=True, kw_only=True)
class ReportPicks:
    """Counts each bundle's lists; the bundle that completes them stores the report of all."""

    ledger: Ledger
    objects: Objects

    async def groups_of(self, run_id: str, parts: Iterable[int]) -> PickGroups:
        """The groups of parts that have been selected before."""
        groups = PickGroups()
        for part in parts:
            groups.add(await self._recommendations(run_id, part))
        return groups

    async def run(self, run: Run, bundle: Bundle, groups: PickGroups) -> None:
        """Store a bundle's groups, and the run's report if no bundle is missing.

        Call it before the bundle's last part counts as done: whichever bundle is the last to be stored, the
        report is there before all parts are done, and so before the run can finish.
        """
        key = learned_keys.lists(run.run_id, bundle.first)
        await self.objects.put(key, groups.to_bytes(), content_type=learned_keys.ARRAYS_TYPE)
        run = await self.ledger.complete_bundle(run.run_id, Round.SELECT, bundle.number)
        bundles = bundles_of(run)
        if len(run.passed(Round.SELECT)) == len(bundles):
            await self._put_report(run.run_id, bundles)

    async def _put_report(self, run_id: str, bundles: Sequence[Bundle]) -> None:
        total = PickGroups()
        for bundle in bundles:
            total.merge(await self._stored(run_id, bundle))
        customers, lists, largest_group, largest = total.groups()
        shared = largest is not None and largest_group > 1
        report = PicksReport(
            customers=customers,
            lists=lists,
            largest_group=largest_group,
            shared_picks=await self._names(run_id, bundles, int(largest or 0)) if shared else (),
        )
        await self.objects.put_lines(object_keys.picks_report(run_id), [report])

    async def _names(self, run_id: str, bundles: Sequence[Bundle], digest: int) -> tuple[str, ...]:
        """The products of a list by name, in the order of their ids, from the first customer who has it."""
        for bundle in bundles:
            groups = PickGroups()
            groups.merge(await self._stored(run_id, bundle))
            for part in bundle.parts if groups.has(digest) else ():
                for each in await self._recommendations(run_id, part):
                    if list_digest(each) == digest:
                        products = sorted((pick.product.product_id, pick.product.name) for pick in each.picks)
                        return tuple(name for _, name in products)
        return ()

    async def _stored(self, run_id: str, bundle: Bundle) -> bytes:
        return await self.objects.get(learned_keys.lists(run_id, bundle.first))

    async def _recommendations(self, run_id: str, part: int) -> Sequence[Recommendation]:
        return await self.objects.get_lines(object_keys.recommendations(run_id, part), Recommendation)
