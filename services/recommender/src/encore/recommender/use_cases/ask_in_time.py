"""Asks a campaign while a customer waits: within a deadline, and seldom twice."""

import asyncio
from dataclasses import dataclass

from botocore.exceptions import ClientError

from encore.recommender.domain.recent import Recent
from encore.recommender.ports import NoRankingError, RanksNow
from encore.runtime.errors import error_code


@dataclass(frozen=True, kw_only=True)
class AskInTime:
    """What ranks now, if there is anything that does."""

    ranks: RanksNow | None
    deadline_s: float
    kept: Recent[tuple[str, ...]]
    """Answers for customers of whom nothing new is known: each is paid for."""

    async def ask(self, customer_id: str, known: str) -> tuple[str, ...]:
        """Return product ids, best first, for a customer; `known` is a digest of what is known of them.

        Raises `NoRankingError` if there is no answer in time; its message says why.
        """
        if self.ranks is None:
            raise NoRankingError("no campaign is set up")
        found = self.kept.get((customer_id, known))
        if found is None:
            found = await self._in_time(self.ranks, customer_id)
            self.kept.put((customer_id, known), found)
        return found

    async def _in_time(self, ranks: RanksNow, customer_id: str) -> tuple[str, ...]:
        """Ask; what goes wrong is told without its message, which may name the customer."""
        try:
            async with asyncio.timeout(self.deadline_s):
                found = await ranks.ask(customer_id)
        except NoRankingError:
            raise
        except TimeoutError as error:
            raise NoRankingError(f"no answer within {self.deadline_s * 1000:.0f} ms") from error
        except ClientError as error:
            raise NoRankingError(f"Personalize: {error_code(error)}") from error
        except Exception as error:
            raise NoRankingError(f"Personalize: {type(error).__name__}") from error
        if not found:
            raise NoRankingError("nothing was ranked")
        return tuple(found)
