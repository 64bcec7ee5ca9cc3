"""The recommender's messages to its own queue."""

from collections.abc import Iterable

from fondly.contracts.events import RecommenderPoll, Round
from fondly.recommender.domain.study.bundles import RecommenderBundle
from fondly.runtime.parallel import for_each
from fondly.runtime.queue.polls import SENT_AT_ONCE, SQSPolls
from fondly.runtime.queue.sqs import SQSQueue
from fondly.runtime.runs.run import StageName


class SQSRecommenderPolls(SQSPolls):
    """The recommender's polls, and its messages to itself about bundles of parts."""

    def __init__(self, queue: SQSQueue, *, interval_s: int) -> None:
        super().__init__(queue, poll=RecommenderPoll, source=StageName.RECOMMENDER, interval_s=interval_s)

    async def send_bundles(self, run_id: str, in_round: Round, bundles: Iterable[int]) -> None:
        """Have bundles handled by whichever tasks are free; the same bundle is the same event."""

        async def send(bundle: int) -> None:
            await self.send_data(run_id, RecommenderBundle(round=in_round, bundle=bundle))

        await for_each(bundles, send, parallel=SENT_AT_ONCE)
