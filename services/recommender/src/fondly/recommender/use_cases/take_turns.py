"""Lets one run at a time change the dataset group, and none of them hold it for ever.

A run keeps its turn from before it reads what earlier runs knew to the end of its batch job. It may stop
being checked meanwhile: its poll is lost, or a dead letter. A run that waits then takes the turn over: at
each poll of its own it looks how far the ledger says that the other has come. Once that has stayed the same
for so many of them, the run is silent. The polls are SQS's delayed messages, so SQS is the only clock: no two
machines' clocks are compared.
"""

from dataclasses import dataclass

from fondly.recommender.adapters.turns import DynamoDBTurns
from fondly.recommender.domain.run_state import RecommenderState, SeenTurn
from fondly.runtime.logs import get_logger
from fondly.runtime.metrics import Metric, emit
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.run import Run

log = get_logger()


@dataclass(frozen=True, kw_only=True)
class TakeTurns:
    """Takes a turn that is free, or that of a run that has ended or is silent."""

    ledger: Ledger
    turns: DynamoDBTurns
    silent_polls: int
    """For how many polls of a waiting run the other one must have shown no sign of life."""

    async def has_turn(self, run: Run) -> bool:
        """Take the turn, or keep it; return whether it is the run's."""
        owner = await self.turns.take(run.run_id)
        if owner not in {None, run.run_id} and await self._may_take_over(str(owner), run):
            owner = await self.turns.take(run.run_id, instead_of=owner)
        return owner == run.run_id

    async def stay(self, run_id: str) -> bool:
        """Return whether it is still the run's turn, while its tasks work; a free one is taken."""
        return await self.turns.take(run_id) == run_id

    async def _may_take_over(self, owner: str, run: Run) -> bool:
        """Return whether the run that has the turn has ended, or is silent.

        A silent one is told that its turn is lost: it must not go on with data that another run has replaced.
        """
        other = await self.ledger.find(owner)
        if other is None or not other.is_open:
            return True
        if not await self._is_silent(other, run):
            return False
        await self.ledger.change_state(
            other, RecommenderState, lambda state: state.having(turn_lost_to=run.run_id)
        )
        log.warning("turn_taken_over", silent_run=owner, polls=self.silent_polls)
        emit({Metric.TURNS_TAKEN_OVER: 1})
        return True

    async def _is_silent(self, other: Run, run: Run) -> bool:
        state = RecommenderState.of(run)
        now = SeenTurn(
            run_id=other.run_id,
            attempt=RecommenderState.of(other).attempt,
            bundles=sum(map(len, other.rounds.values())),
            since=state.attempt,
        )
        seen = state.turn_seen
        if seen is None or seen != now.model_copy(update={"since": seen.since}):
            await self.ledger.change_state(run, RecommenderState, lambda found: found.having(turn_seen=now))
            return False
        return state.attempt - seen.since >= self.silent_polls
