"""Asks Personalize what goes with products, and keeps the answers over runs while little has changed."""

import asyncio
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass

from encore.recommender.domain import learned_keys, personalize_keys
from encore.recommender.domain.csv_files import is_fit_id
from encore.recommender.domain.engines import Engine
from encore.recommender.domain.link_files import read_link_file
from encore.recommender.domain.related import RelatedTo, most_owned
from encore.recommender.domain.side_models import RELATED
from encore.recommender.domain.standing import Standing, Version
from encore.recommender.domain.version_policy import Situation, VersionPolicy
from encore.recommender.domain.woven import Answer, product_lines
from encore.recommender.ports import RankedObjects, Standings
from encore.recommender.use_cases.ask_by_product import PRODUCT_FILES
from encore.recommender.use_cases.know_catalogue import KnowCatalogue
from encore.runtime.batches import batches
from encore.runtime.logs import get_logger
from encore.runtime.runs.run import Run

RELATED_FILES = "related_files"
"""Where a run's `step` keeps how many files of products it asks about."""
PRODUCTS_PER_FILE = 5_000
log = get_logger()


@dataclass(frozen=True, kw_only=True)
class RelateProducts:
    """Settles, before the training, whether a run asks; collects the answers after it.

    The lists of a run are one file of its own, whether they were asked for or kept. An engine that asks about
    products is not asked twice: its answers are added to what earlier runs got.
    """

    objects: RankedObjects
    know: KnowCatalogue
    standings: Standings
    policy: VersionPolicy
    """How long, and with how many new interactions, lists are good enough: as versions are."""
    recipe: str = ""
    """The recipe that runs which begin now ask; empty if related items are switched off."""

    def begin(self) -> dict[str, str]:
        """Return what a run's `step` keeps from the start."""
        return {RELATED.recipe: self.recipe}

    async def settle(self, run: Run) -> dict[str, str]:
        """Keep an earlier run's lists, or write about which products to ask; return what `step` keeps of it.

        What customers have must have been counted.
        """
        if not run.step.get(RELATED.recipe):
            return {}
        kept = (await self.standings.get()).sides.get(RELATED.name)
        before = await self._lists(kept.run_id) if kept else []
        if Engine.of_run(run.step).asks_by_product:
            await self._put(run.run_id, before)
            return {}
        products = await self._products(run.run_id)
        family = (await self.know.catalogue(run.run_id)).family
        known = {family(one.product_id) for one in before}
        reason = self._why_ask(run, kept, {family(one) for one in products} - known, len(products))
        log.info("related_items_settled", products=len(products), reason=reason or None)
        if not reason and kept:
            await self._put(run.run_id, before)
            await self._note(kept.model_copy(update={"run_id": run.run_id}))
            return {}
        return await self._put_input(run.run_id, products)

    async def collect(self, run: Run) -> None:
        """Make the run's lists of what it has asked for; without any answer, it does without."""
        by_engine = Engine.of_run(run.step).asks_by_product
        if not run.step.get(RELATED.recipe) or not (by_engine or RELATED.is_asked(run.step)):
            return
        category = (await self.know.catalogue(run.run_id)).category
        found = {
            one.product_id: RelatedTo.of(one.product_id, one.related, category)
            async for line in self._answers(run)
            if (one := Answer.read(line)) is not None
        }
        if not found:
            log.info("related_items_missing")
            return
        before = {one.product_id: one for one in await self._lists(run.run_id)} if by_engine else {}
        await self._put(run.run_id, (before | found).values())
        await self._note(_lists_of(run))
        log.info("related_items_collected", products=len(found), kept=len(before.keys() - found.keys()))

    async def _products(self, run_id: str) -> list[str]:
        """Return about which products to ask: one of each family that customers have."""
        links = await asyncio.to_thread(read_link_file, await self.objects.get(learned_keys.links(run_id)))
        owners = dict(zip(links.families.things, links.families.owners.tolist(), strict=True))
        catalogue = await self.know.catalogue(run_id)
        members = (filter(is_fit_id, catalogue.family_members(one)) for one in most_owned(owners))
        return [first for each in members if (first := next(each, None)) is not None]

    async def _put_input(self, run_id: str, products: Collection[str]) -> dict[str, str]:
        files = 0
        for number, some in enumerate(batches(products, PRODUCTS_PER_FILE), start=1):
            key, lines = personalize_keys.related_input(run_id, number), product_lines(some)
            await self.objects.put(key, lines, content_type=personalize_keys.LINES_TYPE)
            files = number
        return {RELATED.requests: str(len(products)), RELATED_FILES: str(files)}

    def _why_ask(self, run: Run, kept: Version | None, new: Collection[str], families: int) -> str:
        """Return why a run asks; empty if the lists that there are serve it: `new` families have none."""
        if kept is None:
            return "there are no lists"
        situation = Situation(
            now=run.created_at,
            settings=run.step[RELATED.recipe],
            interactions=int(run.step["interactions"]),
            new_rows=0,
            reachable=True,
        )
        if reason := self.policy.why_train(Standing(in_use=kept), situation):
            return reason
        if len(new) > self.policy.new_share * families:
            return f"{len(new):,} of {families:,} families have no list"
        return ""

    async def _lists(self, run_id: str) -> list[RelatedTo]:
        return await self.objects.find_lines(learned_keys.related(run_id), RelatedTo)

    async def _put(self, run_id: str, lists: Collection[RelatedTo]) -> None:
        await self.objects.put_lines(learned_keys.related(run_id), lists)

    async def _note(self, lists: Version) -> None:
        standing = await self.standings.get()
        await self.standings.change(standing, sides={**standing.sides, RELATED.name: lists})

    async def _answers(self, run: Run) -> AsyncIterator[bytes]:
        by_engine = Engine.of_run(run.step).asks_by_product
        files = int(run.step.get(PRODUCT_FILES if by_engine else RELATED_FILES) or 0)
        output = personalize_keys.product_output if by_engine else personalize_keys.related_output
        for number in range(1, files + 1):
            async for line in self.objects.lines(output(run.run_id, number)):
                yield line


def _lists_of(run: Run) -> Version:
    """What is noted of a run's lists. Their version is not asked again: it goes with the next run."""
    return Version(
        arn="",
        solution_arn="",
        run_id=run.run_id,
        trained_at=run.created_at,
        settings=run.step[RELATED.recipe],
        interactions=int(run.step["interactions"]),
    )
