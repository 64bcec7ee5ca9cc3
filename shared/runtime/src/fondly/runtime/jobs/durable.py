"""The one way to wait: a job is started, polled by delayed messages, and collected.

A poll carries a number. The next one is sent *before* the state notes its number, so a crash can double the
polls but never end them; a poll below the state's number is dropped, so doubled polls become single again.
One above it has come before its number was noted, and goes on in place of the one that sent it.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, Protocol, Self, TypeVar

from fondly.runtime.logs import get_logger
from fondly.runtime.ports import Polls
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.state import AnyState

log = get_logger()


class Polled(Protocol):
    """The state of a job: a frozen model."""

    @property
    def attempt(self) -> int:
        """The number of the latest poll."""

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return the state with other members."""


State = TypeVar("State", bound=Polled)


class States(Protocol[State]):
    """Where states are kept."""

    async def get(self, run_id: str) -> State:
        """Return a run's state."""

    async def change(self, run_id: str, changed: Callable[[State], State]) -> State:
        """Replace a state by what `changed` makes of it, anew if somebody else has changed it meanwhile."""


class Wait(NamedTuple):
    """After how many seconds to look again, 900 at most; None: after the service's interval."""

    delay_s: int | None = None


@dataclass(frozen=True, kw_only=True)
class DurableJob(Generic[State]):
    """Looks after a job of each run, one poll after another."""

    states: States[State]
    polls: Polls
    look: Callable[[str, State], Awaitable[Wait | None]]
    """Does what can be done now, which may be a repetition; returns None if nothing is left to poll for."""

    async def poll(self, run_id: str, attempt: int) -> None:
        """Handle a poll, or what starts the job as attempt zero."""
        state = await self.states.get(run_id)
        if attempt < state.attempt:
            log.info("stale_poll_dropped", attempt=attempt)
            return
        wait = await self.look(run_id, state)
        if wait is not None:
            await self.polls.send(run_id, attempt + 1, delay_s=wait.delay_s)
            await self.states.change(run_id, lambda found: _noted(found, attempt + 1))


def _noted(found: State, attempt: int) -> State:
    return found.model_copy(update={"attempt": attempt}) if found.attempt < attempt else found


@dataclass(frozen=True)
class RunStates(Generic[AnyState]):
    """One service's states of runs, in the ledger."""

    ledger: Ledger
    kind: type[AnyState]

    async def get(self, run_id: str) -> AnyState:
        """Return a run's state."""
        return self.kind.of(await self.ledger.run(run_id))

    async def change(self, run_id: str, changed: Callable[[AnyState], AnyState]) -> AnyState:
        """Replace a run's state by what `changed` makes of it."""
        run = await self.ledger.run(run_id)
        return self.kind.of(await self.ledger.change_state(run, self.kind, changed))
