"""`data-ingested`: the part is scored; after a run's last part, `sentiment-scored`."""

from dataclasses import dataclass

from fondly.contracts.events import DataIngested, parse_event
from fondly.runtime.logs import bind_event
from fondly.runtime.queue.message import Message
from fondly.runtime.quota.outlook import Outlook
from fondly.runtime.runs.stage import Stage
from fondly.sentiment.use_cases.pay_once import TEXTS_PER_CALL
from fondly.sentiment.use_cases.score_part import ScorePart
from fondly.sentiment.use_cases.total_products import TotalProducts


@dataclass(frozen=True, kw_only=True)
class SentimentHandler:
    """Scores the part that an event names."""

    stage: Stage
    score_part: ScorePart
    total_products: TotalProducts
    outlook: Outlook | None = None

    async def __call__(self, message: Message) -> None:
        """Handle one `data-ingested` event."""
        event = parse_event(message.body, DataIngested)
        run_id, data = event.run_id, event.data
        bind_event(run_id=run_id, event_id=event.id, part=data.part)
        if self.outlook:
            texts = data.parts * (data.reviews + data.shared_texts)
            self.outlook.report(texts / TEXTS_PER_CALL)
        await self.stage.pass_part(
            run_id,
            data.part,
            holder=message.message_id,
            work=lambda: self.score_part.run(run_id, data.part),
            close=lambda: self.total_products.run(run_id, parts=data.parts),
        )
