"""What must hold before a smoke test pays for anything."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from fondly.operations.check.estimate import workload_of
from fondly.operations.check.reading import choose, read
from fondly.operations.cost.estimate import estimate
from fondly.operations.environment import Environment
from fondly.operations.errors import OperationError
from fondly.operations.shop import Shop
from fondly.operations.smoke.smoke import SAMPLE, holdings
from fondly.operations.smoke.state import SmokeState
from fondly.operations.topology import Topology
from fondly.operations.verification import Account, Outcome, verify_environment
from fondly.operations.verification.services import has_understudy, task_settings

PAYING = ("sentiment", "recommender", "mailer")
BUDGET, RECORDS = "FONDLY_RUN_BUDGET_USD", "FONDLY_RECORD_CALLS"


@dataclass(frozen=True)
class Beginning:
    """A smoke test that is to begin, or to go on; `write` writes its sample."""

    account: Account
    shop: Shop
    folder: Path
    budget_usd: Decimal
    write: Callable[[Path], object]

    async def state(self, environment: Environment) -> SmokeState:
        """Return the folder's state, or that of a new one; raise `OperationError` if it may not begin."""
        if state := SmokeState.load(self.folder):
            if state.environment != environment.name:
                raise OperationError(f"{self.folder} is of {state.environment}: give another --out")
            return state
        by_stand_in = has_understudy(self.account) or not self.account.on_aws
        state = SmokeState(environment=environment.name, seed=int(time.time()), by_stand_in=by_stand_in)
        await asyncio.to_thread(self._require, environment.topology)
        if held := await holdings(environment):
            raise OperationError(f"{environment.name} must be empty, and has {', '.join(held)}")
        state.save(self.folder)
        return state

    def _require(self, topology: Topology) -> None:
        """Raise `OperationError` unless a run fits the budget, and the environment is as it should be."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / SAMPLE
        self.write(path)
        checked = read(choose([path], self.shop), self.shop, watch=lambda _: None)
        cost = estimate(workload_of(checked)).cost_usd["total"]
        if cost > self.budget_usd:
            raise OperationError(f"it would cost {cost:.2f} dollars, and may cost {self.budget_usd}")
        if self.account.on_aws:
            self._require_settings()
        for result in verify_environment(topology, self.account, self.shop):
            if result.outcome is Outcome.FAILED:
                raise OperationError(f"verify: {result.check}: {result.detail}; {result.remedy}")

    def _require_settings(self) -> None:
        """Raise `OperationError` unless the services stop at the budget, and record."""
        for name in PAYING:
            settings = task_settings(self.account, name)
            limit, records = Decimal(settings.get(BUDGET, "Infinity")), settings.get(RECORDS, "")
            if limit > self.budget_usd or records.lower() != "true":
                wanted = f"{BUDGET} = {self.budget_usd}, {RECORDS} = true"
                raise OperationError(f"{name} needs settings = {{ all = {{ {wanted} }} }}: docs/deploy.md")
