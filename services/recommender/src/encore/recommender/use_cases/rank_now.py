"""Asks a campaign while a customer waits: within a deadline, and seldom twice."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from time import monotonic

from botocore.exceptions import ClientError

from encore.recommender.domain.real_time import Wanted
from encore.recommender.ports import NoRankingError
from encore.runtime.errors import error_code

MOST_KEPT = 5_000


@dataclass(frozen=True, kw_only=True)
class RankNow:
    """Keeps what `ask` ranks for `keep_s` seconds while nothing new is known of a customer: each is paid."""

    ask: Callable[[str], Awaitable[Sequence[str]]]
    deadline_s: float
    keep_s: float
    _kept: dict[str, tuple[float, tuple[str, ...]]] = field(default_factory=dict)

    async def rank(self, wanted: Wanted) -> tuple[str, ...]:
        """Return product ids, best first; raise `NoRankingError` if there are none in time, and say why."""
        known = replace(wanted, ranked=()).digest
        until, found = self._kept.pop(known, (0.0, ()))
        if until <= monotonic():
            until, found = monotonic() + self.keep_s, await self._in_time(wanted.customer_id)
        self._kept[known] = until, found  # behind all others, which go first
        if len(self._kept) > MOST_KEPT:
            del self._kept[next(iter(self._kept))]
        return found

    async def _in_time(self, customer_id: str) -> tuple[str, ...]:
        """Ask; what goes wrong is told without its message, which may name the customer."""
        try:
            async with asyncio.timeout(self.deadline_s):
                found = await self.ask(customer_id)
        except NoRankingError:
            raise
        except TimeoutError as error:
            raise NoRankingError(f"no answer within {self.deadline_s * 1000:.0f} ms") from error
        except Exception as error:
            code = error_code(error) if isinstance(error, ClientError) else type(error).__name__
            raise NoRankingError(f"Personalize: {code}") from error
        if not found:
            raise NoRankingError("nothing was ranked")
        return tuple(found)
