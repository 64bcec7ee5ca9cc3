"""Asks a campaign while a customer waits: within a deadline, seldom twice, and not while it is down."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

from botocore.exceptions import ClientError

from encore.recommender.domain.recent import Recent
from encore.recommender.ports import NoRankingError, RanksNow
from encore.runtime.errors import error_code
from encore.runtime.logs import get_logger

FAILURES = 5
"""After so many failures in a row, nobody waits for Personalize for `PAUSE_S`."""
PAUSE_S = 5.0
log = get_logger()


@dataclass(kw_only=True)
class AskInTime:
    """What ranks now, if there is anything that does."""

    ranks: RanksNow | None
    deadline_s: float
    kept: Recent[tuple[str, ...]]
    """Answers for customers of whom nothing new is known: each is paid for."""
    clock: Callable[[], float] = monotonic
    _failures: int = field(default=0, init=False)
    _paused_until: float = field(default=0.0, init=False)

    async def ask(self, customer_id: str, known: str) -> tuple[str, ...]:
        """Return product ids, best first, for a customer; `known` is a digest of what is known of them.

        Raises `NoRankingError` if there is no answer in time; its message says why.
        """
        found = self.kept.get((customer_id, known))
        if found is None:
            found = await self._asked(customer_id)
            self.kept.put((customer_id, known), found)
        return found

    async def _asked(self, customer_id: str) -> tuple[str, ...]:
        if self.ranks is None:
            raise NoRankingError("no campaign is set up")
        if self.clock() < self._paused_until:
            raise NoRankingError("Personalize has not been answering")
        try:
            async with asyncio.timeout(self.deadline_s):
                found = await self.ranks.ask(customer_id)
        except NoRankingError:
            raise  # an answer, and no failure
        except Exception as error:
            problem = self._told(error)
            self._failed(problem)
            raise NoRankingError(problem) from error
        self._failures = 0
        if not found:
            raise NoRankingError("nothing was ranked")
        return tuple(found)

    def _failed(self, problem: str) -> None:
        self._failures += 1
        if self._failures >= FAILURES:
            self._failures, self._paused_until = 0, self.clock() + PAUSE_S
            log.warning("personalize_not_asked", problem=problem, pause_s=PAUSE_S)

    def _told(self, error: Exception) -> str:
        """Name an error without its message, which may name the customer."""
        if isinstance(error, TimeoutError):
            return f"no answer within {self.deadline_s * 1000:.0f} ms"
        return f"Personalize: {error_code(error) if isinstance(error, ClientError) else type(error).__name__}"
