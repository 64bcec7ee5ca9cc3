"""Asks Personalize what goes with products, and keeps the answers over runs while little has changed."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass

from encore.recommender.domain import learned_keys, personalize_keys
from encore.recommender.domain.engines import Engine
from encore.recommender.domain.related import Related, RelatedTo, most_owned
from encore.recommender.domain.side_models import RELATED, YES
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
BY_ENGINE = "related_by_engine"
"""Where it keeps that the engine asks about products anyway: its answers serve for this as well."""
PRODUCTS_PER_FILE = 5_000
log = get_logger()


@dataclass(frozen=True, kw_only=True)
class RelateProducts:
    """Settles, before the training, whether a run asks; collects the answers after it.

    The lists of a run are one file of its own, whether they were asked or kept: a later run, or one of the
    same name that begins again, changes nothing in it.
    """

    objects: RankedObjects
    know: KnowCatalogue
    standings: Standings
    policy: VersionPolicy
    """How long, and with how many new interactions, lists are good enough: as versions are."""

    async def wanted(self, run: Run, owned: Mapping[str, int], interactions: int) -> Sequence[str]:
        """Return the products to ask about: none if it is switched off, or if an earlier run's lists do.

        `owned` says how many customers have each product. Kept lists are made the run's own.
        """
        if not run.step.get(RELATED.recipe):
            return ()
        products, standing = most_owned(owned), await self.standings.get()
        kept = standing.sides.get(RELATED.name)
        reason = await self._why_ask(run, kept, products, interactions)
        log.info("related_items_settled", products=len(products), reason=reason or None)
        if reason or kept is None:
            return products
        await self._copy(kept.run_id, run.run_id)
        await self._note(kept.model_copy(update={"run_id": run.run_id}))
        return ()

    async def put_input(self, run_id: str, products: Sequence[str]) -> dict[str, str]:
        """Write the input of the batch job; return what the run's `step` keeps of it."""
        files = 0
        for number, some in enumerate(batches(products, PRODUCTS_PER_FILE), start=1):
            key, lines = personalize_keys.related_input(run_id, number), product_lines(some)
            await self.objects.put(key, lines, content_type=personalize_keys.LINES_TYPE)
            files = number
        return {RELATED.requests: str(len(products)), RELATED_FILES: str(files)}

    async def collect(self, run: Run) -> None:
        """Make the run's lists of the answers; without any, the run does without."""
        is_asked = RELATED.is_asked(run.step) or run.step.get(BY_ENGINE) == YES
        if not is_asked or await self._has_lists(run.run_id):
            return
        category = (await self.know.catalogue(run.run_id)).category
        found = [
            RelatedTo.of(one.product_id, one.related, category)
            async for line in self._answers(run)
            if (one := Answer.read(line)) is not None
        ]
        if not found:
            log.warning("related_items_missing")
            return
        await self.objects.put_lines(learned_keys.related(run.run_id), found)
        await self._note(_version(run))
        log.info("related_items_collected", products=len(found))

    async def of(self, run_id: str) -> Related:
        """Return what goes with products in a run; nothing if it did not ask."""
        lines = await self.objects.find_lines(learned_keys.related(run_id), RelatedTo)
        return Related.of(lines)

    async def _why_ask(
        self, run: Run, kept: Version | None, products: Sequence[str], interactions: int
    ) -> str:
        if kept is None:
            return "there are no lists"
        situation = Situation(
            now=run.created_at,
            settings=run.step[RELATED.recipe],
            interactions=interactions,
            new_rows=0,
            reachable=True,
        )
        if reason := self.policy.why_train(Standing(in_use=kept), situation):
            return reason
        known = (await self.of(kept.run_id)).by_product
        if missing := sum(one not in known for one in products):
            share = missing / len(products)
            if share > self.policy.new_share:
                return f"{missing:,} of {len(products):,} products have no list"
        return ""

    async def _copy(self, earlier: str, run_id: str) -> None:
        if earlier != run_id:
            lists = await self.objects.get(learned_keys.related(earlier))
            await self.objects.put(
                learned_keys.related(run_id), lists, content_type=personalize_keys.LINES_TYPE
            )

    async def _note(self, lists: Version) -> None:
        standing = await self.standings.get()
        await self.standings.change(standing, sides={**standing.sides, RELATED.name: lists})

    async def _has_lists(self, run_id: str) -> bool:
        return await self.objects.find(learned_keys.related(run_id), max_bytes=0) is not None

    async def _answers(self, run: Run) -> AsyncIterator[bytes]:
        by_engine = run.step.get(BY_ENGINE) == YES
        files = int(run.step.get(PRODUCT_FILES if by_engine else RELATED_FILES) or 0)
        output = personalize_keys.product_output if by_engine else personalize_keys.related_output
        for number in range(1, files + 1):
            async for line in self.objects.lines(output(run.run_id, number)):
                yield line


def by_engine(engine: Engine) -> bool:
    """Whether an engine's own answers say what goes with products."""
    return engine.asks_by_product


def _version(run: Run) -> Version:
    """What is noted of a run's lists; their version is deleted with the run, and never asked again."""
    return Version(
        arn="",
        solution_arn="",
        run_id=run.run_id,
        trained_at=run.created_at,
        settings=run.step[RELATED.recipe],
        interactions=int(run.step["interactions"]),
    )
