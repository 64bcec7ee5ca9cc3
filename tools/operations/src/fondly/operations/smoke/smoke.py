"""The steps of a smoke test. Each may be taken again: killed in one, the next call goes on with it.

What it uploads is named by the state, so that it is one run however often it is uploaded, and a run pays for
nothing twice. It deletes all that its environment holds, and so begins only in one that holds nothing.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from fondly.contracts.object_keys import CALLS
from fondly.operations.cleanup.clean import clean, why
from fondly.operations.cleanup.scope import open_scope, pauses
from fondly.operations.cost.measured import measured_cost
from fondly.operations.delivery.approving import Approving
from fondly.operations.environment import Environment
from fondly.operations.errors import OperationError
from fondly.operations.runs.follow import follow, follow_delivery
from fondly.operations.runs.views import used_units
from fondly.operations.smoke.questions import QUESTIONS, Asked, verdict
from fondly.operations.smoke.state import SmokeState, Verdict
from fondly.runtime.recording import record_calls
from fondly.runtime.retry import UnprocessedError
from fondly.runtime.runs.delivery import Act, DeliveryStatus
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.run import Run, RunStatus
from fondly.runtime.runs.totals import total
from fondly.sender.settings import TransportKind

SAMPLE, RECORDED = "sample.csv", "calls"
CLEAN_S = 3_600.0
METRICS_S = 300.0
"""CloudWatch is up to three minutes late."""
REFUSALS = (OperationError, ClientError, BotoCoreError, TimeoutError, UnprocessedError)
Found = TypeVar("Found")
Step = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class Smoke:
    """A smoke test, whose state is in a folder; each step may take so long, `tell` is told of it."""

    environment: Environment
    folder: Path
    state: SmokeState
    budget_usd: Decimal
    patience_s: float
    interval_s: float
    tell: Callable[[str], None]

    async def run(self) -> None:
        """Take the steps that are not done; after a refusal only those that clean up."""
        for step in (self._upload, self._follow, self._deliver, self._ask):
            if not self.state.refused:
                await self._take(step)
        self.state.verdicts += [
            Verdict(question=each, seen=self.state.refused or "") for each in self._unasked
        ]
        for step in (self._record, self._clean):
            if "clean" not in self.state.done:  # or else there is nothing to fetch any more
                await self._take(step)

    async def _take(self, step: Step) -> None:
        name = step.__name__.strip("_")
        if name in self.state.done:
            return
        self.tell(name)
        earlier = self.state.refused
        try:
            async with asyncio.timeout(None if step == self._clean else self.patience_s):
                await step()
        except REFUSALS as error:
            reason = why(error) or f"not done within {timedelta(seconds=self.patience_s)}"
            self.state.refused = earlier or f"{name}: {reason}"
        else:
            self.state.done.append(name)
            self.state.refused = None if earlier and earlier.startswith(f"{name}:") else earlier
        self.state.save(self.folder)

    async def _upload(self) -> None:
        body = (self.folder / SAMPLE).read_bytes()
        await (await self.environment.objects()).put(self.state.key, body, content_type="text/csv")

    async def _follow(self) -> None:
        ledger = await self.environment.ledger()
        run = await self._until(partial(self._started, ledger))
        async for run in follow(ledger, run, self.interval_s):  # noqa: B020 - the run, as it is then
            self.state.run_id = run.run_id
            self.state.cost_usd = (await measured_cost(self.environment, run.run_id)).total_usd
            if self.state.cost_usd > self.budget_usd:
                raise OperationError(f"{self.state.cost_usd:.2f} dollars spent of {self.budget_usd}")
        if run.status is not RunStatus.FINISHED:
            raise OperationError(f"{run.run_id} {run.status}: {run.reason}")
        self.state.counts = dict(total(await ledger.reports(run.run_id)).counts)

    async def _started(self, ledger: Ledger) -> Run | None:
        return next(
            (run for run in (await ledger.recent(source=self.state.key)).runs if self._is_own(run)), None
        )

    def _is_own(self, run: Run) -> bool:
        return run.source.startswith(f"s3://{self.environment.named('data')}/{self.state.key}")

    async def _until(self, look: Callable[[], Awaitable[Found | None]]) -> Found:
        while (found := await look()) is None:  # noqa: ASYNC110 - of the ledger, which sets no event
            await asyncio.sleep(self.interval_s)
        return found

    async def _deliver(self) -> None:
        run_id = self.state.run_id
        approving = await Approving.of(self.environment, run_id)
        if not approving.settings or approving.settings.sender_transport is TransportKind.NONE:
            return
        deliveries = await self.environment.deliveries()
        if (await self._until(partial(deliveries.find, run_id))).status is DeliveryStatus.HELD:
            await approving.decide(Act.APPROVE, by="fondly smoke", note="to SES's mailbox simulator")
        async for _ in follow_delivery(deliveries, approving.ledger, approving.run, self.interval_s):
            pass
        view = await approving.current()
        self.state.counts |= {f"delivered_{name}": number for name, number in view.tally.outcomes.items()}
        if view.delivery.status is not DeliveryStatus.DONE:
            raise OperationError(f"the delivery is {view.delivery.status} {view.delivery.reason or ''}")

    async def _ask(self) -> None:
        ledger = await self.environment.ledger()
        run, reports = await ledger.run(self.state.run_id), await ledger.reports(self.state.run_id)
        async with open_scope(self.environment, dry_run=True, timeout_s=CLEAN_S) as scope:
            await asyncio.sleep(0 if self.state.by_stand_in else METRICS_S)
            record_calls(scope.personalize, await self.environment.objects())
            for question in self._unasked:
                asked = Asked(scope, used_units(reports), run.created_at)
                self.state.verdicts.append(await verdict(question, asked))
                self.state.save(self.folder)

    @property
    def _unasked(self) -> list[str]:
        asked = {each.question for each in self.state.verdicts}
        return [each for each in QUESTIONS if each not in asked]

    async def _record(self) -> None:
        """Fetch what the services were answered."""
        objects, folder = await self.environment.objects(), self.folder / RECORDED
        folder.mkdir(exist_ok=True)
        async for key in objects.keys(CALLS):
            (folder / key.rpartition("/")[2]).write_bytes(await objects.get(key))
        self.state.calls = len(list(folder.iterdir()))

    async def _clean(self) -> None:
        """Delete everything, until nothing is listed: services may be at work as long as there is a run."""
        runs = await (await self.environment.ledger()).runs()
        if others := [run.run_id for run in runs if not self._is_own(run)]:
            raise OperationError(f"nothing deleted: {others[0]} is not of this smoke test; clean it up first")
        left: list[str] = []
        async for _ in pauses(CLEAN_S):
            await holdings(self.environment, dry_run=False)
            if not (left := await holdings(self.environment)):
                return
        raise OperationError(f"still there: {', '.join(left)}; run the command again")


async def holdings(environment: Environment, *, dry_run: bool = True) -> list[str]:
    """Return the kinds of what an environment holds, or with `dry_run=False` of what has been deleted."""
    options = {"run_id": None, "dry_run": dry_run, "timeout_s": CLEAN_S, "keeps_infrastructure": True}
    async with open_scope(environment, **options) as scope:
        await clean(scope)
    return [row.what for row in scope.report.rows]
