"""Lets one run at a time change the dataset group, and none of them hold it for ever.

A run keeps its turn from before it reads what earlier runs knew to the end of its batch job. It may stop
being checked meanwhile: its poll is lost, or a dead letter. A run that waits then takes the turn over: each
check of the run whose turn it is leaves a new beat, and a waiting run looks at every poll of its own. Once
the beat has stayed the same for so many of them, the run is silent. The polls are SQS's delayed messages, so
SQS is the only clock: no two machines' clocks are compared.
"""

from dataclasses import dataclass

from encore.contracts.errors import PermanentError
from encore.recommender.ports import Turn, Turns
from encore.runtime.logs import get_logger
from encore.runtime.metrics import Metric, emit
from encore.runtime.runs.ledger import Ledger
from encore.runtime.runs.run import Run, StageName

TURN_LOST = "turn_lost"
"""The member of a run's step state that names the run that has taken its turn over."""
LOOK = "turn_seen"
"""The member of a waiting run's step state that says what it has seen of the turn, and since which poll."""
log = get_logger()


@dataclass(frozen=True, kw_only=True)
class TakeTurns:
    """Takes a turn that is free, or that of a run that has ended or is silent."""

    ledger: Ledger
    turns: Turns
    silent_polls: int
    """For how many polls of a waiting run the other one must have shown no sign of life."""

    async def has_turn(self, run: Run) -> bool:
        """Take the turn, or keep it with a new sign of life; return whether it is the run's."""
        turn = await self.turns.take(run.run_id)
        if turn is None or turn.owner == run.run_id:
            return turn is not None
        if not await self._open_run(turn.owner):
            turn = await self.turns.take(run.run_id, instead_of=turn)
        elif await self._is_silent(turn, run):
            turn = await self._take_over(turn, run)
        return turn is not None and turn.owner == run.run_id

    async def stay(self, run_id: str) -> bool:
        """Leave a sign of life while the run's tasks work; return whether it is still the run's turn."""
        turn = await self.turns.take(run_id)
        return turn is not None and turn.owner == run_id

    async def end(self, run_id: str) -> None:
        """End the run's turn, if it has one."""
        await self.turns.end(run_id)

    async def _is_silent(self, turn: Turn, run: Run) -> bool:
        poll, now = run.attempt(StageName.RECOMMENDER), f"{turn.owner} {turn.beat}"
        seen, _, since = run.step.get(LOOK, "").rpartition(" ")
        if seen != now:
            await self.ledger.set_step(run.run_id, **{LOOK: f"{now} {poll}"})
            return False
        return poll - int(since) >= self.silent_polls

    async def _take_over(self, turn: Turn, run: Run) -> Turn | None:
        """Take the turn of a silent run; the run finds out when it is checked again, and waits for another.

        It is told first: it must not go on with data that another run has replaced. If it shows a sign of
        life in this moment, it keeps its turn.
        """
        await self.ledger.set_step(turn.owner, **{TURN_LOST: run.run_id})
        now = await self.turns.take(run.run_id, instead_of=turn)
        if now and now.owner == run.run_id:
            log.warning("turn_taken_over", silent_run=turn.owner, polls=self.silent_polls)
            emit({Metric.TURNS_TAKEN_OVER: 1})
        else:
            await self.ledger.set_step(turn.owner, **{TURN_LOST: ""})
        return now

    async def _open_run(self, run_id: str) -> Run | None:
        try:
            run = await self.ledger.run(run_id)
        except PermanentError:
            return None
        return run if run.is_open else None
