"""Asks Personalize while a customer waits: within a deadline, seldom twice, and not while it is down."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic

from botocore.exceptions import ClientError

from encore.recommender.domain.real_time import PickedFrom
from encore.recommender.domain.recent import Recent
from encore.recommender.ports import NoRankingError, OrdersNow, RanksNow
from encore.runtime.errors import error_code
from encore.runtime.logs import get_logger

FAILURES = 5
"""After so many failures in a row, nobody waits for Personalize for `PAUSE_S`."""
PAUSE_S = 5.0
log = get_logger()


@dataclass(frozen=True, slots=True)
class Asked:
    """What an engine answered: product ids, best first, or why there are none."""

    product_ids: tuple[str, ...] = ()
    problem: str | None = None


@dataclass(kw_only=True)
class AskInTime:
    """What ranks now, by engine; without an engine of that name there is no ranking."""

    engines: Mapping[PickedFrom, RanksNow] = field(default_factory=dict)
    orders: OrdersNow | None = None
    deadline_s: float
    keep_s: float
    """For how long an answer is kept for a customer of whom nothing new is known: each is paid for."""
    most_kept: int
    clock: Callable[[], float] = monotonic
    _failures: int = 0
    _paused_until: float = 0.0
    _kept: Recent[Asked] = field(init=False)

    def __post_init__(self) -> None:
        self._kept = Recent(self.most_kept)

    async def ask(self, engine: PickedFrom, customer_id: str, known: str) -> Asked:
        """Return what an engine ranks for a customer; `known` is a digest of what is known of them."""
        source = self.engines.get(engine)
        if source is None:
            return Asked(problem=f"{engine.value} is not set up")
        key = engine, customer_id, known
        kept = self._kept.get(key, now=self.clock())
        if kept is not None:
            return kept
        asked = await self._in_time(lambda: source.ask(customer_id))
        if asked.problem is None:
            self._kept.put(key, asked, until=self.clock() + self.keep_s)
        return asked

    async def order(self, customer_id: str, product_ids: Sequence[str]) -> Asked | None:
        """Return given products in a ranking campaign's order; None if no such campaign is set up."""
        orders = self.orders
        if orders is None:
            return None
        return await self._in_time(lambda: orders.order(customer_id, product_ids))

    async def _in_time(self, call: Callable[[], Awaitable[Sequence[str]]]) -> Asked:
        if self.clock() < self._paused_until:
            return Asked(problem="Personalize has not been answering")
        try:
            async with asyncio.timeout(self.deadline_s):
                found = await call()
        except NoRankingError as error:
            return Asked(problem=str(error))  # an answer, and no failure
        except TimeoutError:
            return self._failed(f"no answer within {self.deadline_s * 1000:.0f} ms")
        except Exception as error:  # noqa: BLE001 - whatever it is, what is kept will do
            return self._failed(_told(error))
        self._failures = 0
        return Asked(tuple(found)) if found else Asked(problem="nothing was ranked")

    def _failed(self, problem: str) -> Asked:
        self._failures += 1
        if self._failures >= FAILURES:
            self._failures, self._paused_until = 0, self.clock() + PAUSE_S
            log.warning("personalize_not_asked", problem=problem, pause_s=PAUSE_S)
        return Asked(problem=problem)


def _told(error: Exception) -> str:
    """Name an error without its message, which may name the customer."""
    code = error_code(error) if isinstance(error, ClientError) else type(error).__name__
    return f"Personalize: {code}"
