"""`data-ingested`: the part is scored; after a run's last part, `sentiment-scored`."""

from dataclasses import dataclass

from encore.contracts.events import DataIngested, parse_event
from encore.runtime.logs import bind_event
from encore.runtime.queue.message import Message
from encore.runtime.runs.stage import Stage
from encore.sentiment.use_cases.score_part import ScorePart
from encore.sentiment.use_cases.total_products import TotalProducts


@dataclass(frozen=True)
class SentimentHandler:
    """Scores the part that an event names."""

    stage: Stage
    score_part: ScorePart
    total_products: TotalProducts

    async def __call__(self, message: Message) -> None:
        """Handle one `data-ingested` event."""
        event = parse_event(message.body, DataIngested)
        run_id, data = event.run_id, event.data
        bind_event(run_id=run_id, event_id=event.id, part=data.part)
        await self.stage.pass_part(
            run_id,
            data.part,
            holder=message.message_id,
            work=lambda: self.score_part.run(run_id, data.part, key=data.key),
            close=lambda: self.total_products.run(run_id, parts=data.parts),
        )
