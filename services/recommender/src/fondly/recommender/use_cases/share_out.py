"""Shares a round of a run out among the recommender's tasks, by messages to its own queue."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from fondly.contracts.events import Round
from fondly.recommender.domain.study.bundles import (
    Bundle,
    RecommenderBundle,
    bundle_of,
    is_through,
    left_in,
)
from fondly.runtime.logs import get_logger
from fondly.runtime.parallel import for_each
from fondly.runtime.ports import OwnMessages
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.run import Run
from fondly.runtime.runs.stage import Stage

SENT_AT_ONCE = 8
log = get_logger()


@dataclass(frozen=True, kw_only=True)
class ShareOut:
    """Sends one message for each bundle, and does the bundles whose messages this task receives.

    `work` does one bundle of a round and may be repeated. Messages may come twice, late, or in any order: a
    lock lets one worker at a time do a bundle, and the ledger knows which are through.
    """

    stage: Stage
    ledger: Ledger
    polls: OwnMessages
    work: Mapping[Round, Callable[[Run, Bundle], Awaitable[None]]]

    async def send(self, run: Run, in_round: Round) -> bool:
        """Send messages about the bundles that are left; return False if there are any.

        Called again, it sends them again: that is how a run resumes whose messages were lost.
        """

        async def send(bundle: int) -> None:
            await self.polls.send_data(run.run_id, RecommenderBundle(round=in_round, bundle=bundle))

        if left := left_in(run, in_round):
            await for_each(left, send, parallel=SENT_AT_ONCE)
            log.info("bundles_sent", round=in_round, bundles=len(left))
        return not left

    async def do(self, run_id: str, in_round: Round, number: int, *, holder: str) -> Run | None:
        """Do the bundle of one message unless it is through; return the run if its whole round is.

        A bundle of a run that has ended is left undone. Raises `PermanentError` for one that does not exist.
        """
        async with self.stage.lock(run_id, f"{in_round}-{number:05}", holder=holder):
            run = await self.ledger.run(run_id)
            if not run.is_open:
                log.info("run_already_ended", status=run.status)
                return None
            bundle = bundle_of(run, number)
            if is_through(run, in_round, bundle):
                log.info("bundle_already_done", round=in_round, bundle=number)
            else:
                await self.work[in_round](run, bundle)
                run = await self.ledger.complete_bundle(run_id, in_round, number)
            return None if left_in(run, in_round) else run
