"""Finds out which shop picks are to be made from now."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from fondly.contracts import object_keys
from fondly.contracts.clock import utc_now
from fondly.recommender.adapters.turns import DynamoDBKnownShop
from fondly.recommender.domain.picking.rules import RunRules
from fondly.recommender.domain.realtime.current_picks import Edition
from fondly.recommender.domain.study.witnesses import weight_of
from fondly.recommender.use_cases.load_rules import LoadRules
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.yaml_files import InvalidFileError


@dataclass(frozen=True, kw_only=True)
class FindEdition:
    """The latest run that has been studied, its rules, and the shop's file of today.

    On the day of the run the time is the run's, so that picks are those of the run. From the next day on it
    is the beginning of the day (UTC): what is new in the shop is offered, and a shop is made anew because of
    it once a day at most.
    """

    latest_shop: DynamoDBKnownShop
    ledger: Ledger
    load_rules: LoadRules
    clock: Callable[[], datetime] = utc_now

    async def find(self) -> Edition | None:
        """Return the shop to make picks from; None before any run has been studied."""
        run_id = await self.latest_shop.owner()
        if run_id is None:
            return None
        run = await self.ledger.run(run_id)
        today = self.clock().replace(hour=0, minute=0, second=0, microsecond=0)
        rules, problem = await self._rules(run_id)
        now = int(max(run.created_at, today).timestamp())
        return Edition(run_id, rules, now, weight_of(run), problem)

    async def _rules(self, run_id: str) -> tuple[RunRules, str | None]:
        """Return the run's rules, if it has any, with today's shop file, or why that is not used."""
        stored = await self.load_rules.objects.find(object_keys.run_rules(run_id))
        given = RunRules(rules=self.load_rules.rules, picks=self.load_rules.picks)
        rules = RunRules.model_validate_json(stored) if stored else given
        try:
            return rules.model_copy(update={"shop": await self.load_rules.shop_rules()}), None
        except InvalidFileError as error:
            return rules, str(error)
