"""Finds out which shop picks are to be made from now."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from encore.contracts import object_keys
from encore.recommender.domain import learned_keys, personalize_keys
from encore.recommender.domain.pins import RunPins
from encore.recommender.domain.real_time import Edition
from encore.recommender.domain.run_rules import RunRules
from encore.recommender.domain.shop_rules import ShopRules
from encore.recommender.domain.yaml_nodes import InvalidFileError
from encore.recommender.ports import LatestShop
from encore.recommender.use_cases.ask_by_product import PRODUCT_FILES
from encore.recommender.use_cases.load_rules import LoadRules
from encore.runtime.runs.ledger import Ledger
from encore.runtime.runs.run import Run


def utc_now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class FindEdition:
    """The latest run that has been studied, and the shop's file of today.

    On the day of the run the time is the run's, so that picks are those of the run. From the next day on it
    is the beginning of the day (UTC): what is new in the shop is offered, and a shop is made anew because of
    it once a day at most.
    """

    latest_shop: LatestShop
    ledger: Ledger
    load_rules: LoadRules
    figures_of_run: bool = False
    """Take the figures of the rules and the number of picks from the run, for want of own settings."""
    clock: Callable[[], datetime] = utc_now

    async def find(self) -> Edition | None:
        """Return the shop to make picks from; None before any run has been studied."""
        run_id = await self.latest_shop.get()
        if run_id is None:
            return None
        run = await self.ledger.run(run_id)
        today = self.clock().replace(hour=0, minute=0, second=0, microsecond=0)
        rules, problem = await self._rules(run_id)
        return Edition(
            run_id=run_id,
            rules=rules,
            has_related=await self._has(learned_keys.related(run_id)),
            pins=await self._pins(run_id),
            product_files=await self._product_files(run),
            file_problem=problem,
            now=max(int(run.created_at.timestamp()), int(today.timestamp())),
        )

    async def _has(self, key: str) -> bool:
        return await self.load_rules.objects.find(key, max_bytes=0) is not None

    async def _pins(self, run_id: str) -> tuple[str, ...]:
        found = await self.load_rules.objects.find_lines(learned_keys.pins(run_id), RunPins)
        return found[0].product_ids if found else ()

    async def _rules(self, run_id: str) -> tuple[RunRules, str | None]:
        """Return today's rules, and why they are those of the run if the shop's file cannot be used."""
        of_run = await self._rules_of_run(run_id)
        given = RunRules(rules=self.load_rules.rules, picks=self.load_rules.picks)
        figures = of_run if self.figures_of_run and of_run else given
        problem = None
        try:
            shop = await self.load_rules.shop_rules()
        except InvalidFileError as error:
            shop, problem = of_run.shop if of_run else ShopRules(), str(error)
        return figures.model_copy(update={"shop": shop}), problem

    async def _product_files(self, run: Run) -> int:
        """Return how many files Personalize has answered about products; 0 until all are there."""
        files = int(run.step.get(PRODUCT_FILES) or 0)
        last = personalize_keys.product_output(run.run_id, files)
        return files if files and await self.load_rules.objects.find(last, max_bytes=0) is not None else 0

    async def _rules_of_run(self, run_id: str) -> RunRules | None:
        stored = await self.load_rules.objects.find(object_keys.run_rules(run_id))
        return RunRules.model_validate_json(stored, extra="ignore") if stored else None
