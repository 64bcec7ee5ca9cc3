"""`data-ingested`: the part is scored; after a run's last part, `sentiment-scored`. Large runs: by jobs."""

from dataclasses import dataclass

from fondly.contracts.events import DataIngested, Event, SentimentPoll, event_type, parse_event
from fondly.runtime.logs import bind_event
from fondly.runtime.queue.message import Message
from fondly.runtime.quota.outlook import Outlook
from fondly.runtime.runs.stage import Stage
from fondly.sentiment.use_cases.advance_job import AdvanceJob
from fondly.sentiment.use_cases.pay_once import TEXTS_PER_CALL
from fondly.sentiment.use_cases.score_part import ScorePart
from fondly.sentiment.use_cases.total_products import TotalProducts


@dataclass(frozen=True, kw_only=True)
class SentimentHandler:
    """Scores the part that an event names, or advances the jobs of its run."""

    stage: Stage
    score_part: ScorePart
    total_products: TotalProducts
    advance_job: AdvanceJob | None
    job_from_texts: int
    outlook: Outlook | None = None

    async def __call__(self, message: Message) -> None:
        """Handle one `data-ingested` event or poll."""
        if self.advance_job and event_type(message.body) == SentimentPoll.type:
            poll = parse_event(message.body, SentimentPoll)
            bind_event(run_id=poll.run_id, event_id=poll.id)
            await self.advance_job.run(poll.run_id, poll.data.attempt, holder=message.message_id)
            return
        event = parse_event(message.body, DataIngested)
        bind_event(run_id=event.run_id, event_id=event.id, part=event.data.part)
        if self.advance_job and event.data.run_texts >= self.job_from_texts:
            await self.advance_job.run(event.run_id, 0, holder=message.message_id)
        else:
            await self._score(event, message)

    async def _score(self, event: Event[DataIngested], message: Message) -> None:
        run_id, data = event.run_id, event.data
        if self.outlook:
            texts = data.parts * (data.reviews + data.shared_texts)
            self.outlook.look(run_id, calls=texts / TEXTS_PER_CALL)
        await self.stage.pass_part(
            run_id,
            data.part,
            holder=message.message_id,
            work=lambda: self.score_part.run(run_id, data.part),
            close=lambda: self.total_products.run(run_id, parts=data.parts),
        )
