"""Brings Personalize up to what the customers' histories have, with no more than it takes.

The standing says up to which run Personalize has everything. Before a run's first import it says that the run
is importing, and afterwards that it has: whatever is killed in between, the run goes on with what it decided,
and if it never does, the next run imports everything.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from encore.recommender.domain import import_steps
from encore.recommender.domain.engines import Engine
from encore.recommender.domain.imports import INTERACTIONS, USERS, Delta, Mode, imports
from encore.recommender.domain.standing import KnownDataset
from encore.recommender.domain.version_steps import trains
from encore.recommender.ports import NotReadyError, Personalize, Standings, VanishedError
from encore.recommender.use_cases.choose_version import ChooseVersion, utc_now
from encore.recommender.use_cases.put_records import PutRecords
from encore.runtime.logs import get_logger
from encore.runtime.runs.ledger import Ledger
from encore.runtime.runs.run import Run

log = get_logger()


@dataclass(frozen=True, kw_only=True)
class ImportData:
    """Decides what a run imports, and notes in the standing what it has imported."""

    ledger: Ledger
    personalize: Personalize
    standings: Standings
    choose_version: ChooseVersion
    put_records: PutRecords
    only_full: bool
    """Whether everything is imported every time."""
    settle_s: int
    """How long Personalize takes until a version considers new events."""
    now: Callable[[], datetime] = utc_now

    async def pass_over(self, run: Run) -> None:
        """Note that a run which imports nothing has changed nothing, if that is so."""
        standing, delta = await self.standings.get(), Delta.of(run)
        if delta.nothing_new and not standing.importing and standing.imported == delta.after:
            await self.standings.change(standing, imported=run.run_id)

    async def begin(self, run: Run) -> Run:
        """Return the run with what it imports, noting that it has begun to."""
        if not import_steps.is_decided(run.step):
            run = await self._decide(run)
        standing = await self.standings.get()
        if not (standing.imported == run.run_id and not standing.importing):
            await self.standings.change(standing, importing=run.run_id)
        return run

    async def finish(self, run: Run) -> None:
        """Put the records that no job imports, and note that Personalize has what the run knows.

        Raises `NotReadyError` if another run is importing: it has taken the turn.
        """
        standing = await self.standings.get()
        if standing.imported == run.run_id and not standing.importing:
            return
        if standing.importing != run.run_id:
            if not standing.revision:
                raise VanishedError("what was known of the dataset group")
            raise NotReadyError(f"{standing.importing or standing.imported} has imported meanwhile")
        await self._put(run)
        delta = Delta.of(run)
        await self.standings.change(
            standing,
            importing="",
            imported=run.run_id,
            datasets=await self._imported_to(run),
            items_digest=delta.items_digest,
            items_run=run.run_id,
            telling="",
            new_rows=standing.new_rows + delta.new_interactions,
        )

    def require_settled(self, run: Run) -> None:
        """Raise `NotReadyError` while a version that is used again does not know the last events yet."""
        put_at = import_steps.events_put_at(run.step)
        if not put_at or trains(run) or not Engine.of_run(run.step).waits_for_events:
            return
        if self.now() - put_at < timedelta(seconds=self.settle_s):
            raise NotReadyError(f"events were put at {put_at:%H:%M:%S}, and count {self.settle_s} s later")

    async def _decide(self, run: Run) -> Run:
        run = await self.choose_version.decide(run)
        found = imports(
            Delta.of(run),
            await self.standings.get(),
            await self._datasets(run),
            only_full=self.only_full,
            reuses=not trains(run) and Engine.of_run(run.step).learns_from_events,
        )
        if _leaves_out_interactions(run):
            found = found.without_interactions(Delta.of(run))
        log.info("imports_decided", **found.modes, events=found.events, reason=found.reason or None)
        return await self.ledger.set_step(run.run_id, **import_steps.decided(found))

    async def _imported_to(self, run: Run) -> dict[str, KnownDataset]:
        """Return the datasets that have everything: who asks for interactions later imports them all."""
        found = await self._datasets(run)
        if _leaves_out_interactions(run):
            del found[INTERACTIONS]
        return found

    async def _datasets(self, run: Run) -> dict[str, KnownDataset]:
        return {
            name: await self.personalize.dataset(run.step[f"dataset_{name}"])
            for name in import_steps.DATASETS
        }

    async def _put(self, run: Run) -> None:
        if import_steps.mode_of(run.step, USERS) is Mode.RECORDS:
            await self.put_records.users(run)
        if import_steps.puts_events(run.step):
            await self.put_records.events(run)
            await self.ledger.set_step(
                run.run_id, **{import_steps.EVENTS_PUT_AT: self.now().isoformat(timespec="seconds")}
            )


def _leaves_out_interactions(run: Run) -> bool:
    return Engine.of_run(run.step).can_do_without(int(run.step["interactions"]))
