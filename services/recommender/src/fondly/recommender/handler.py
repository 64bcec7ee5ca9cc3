"""Advances runs by scored reviews, polls and bundles, and records what customers did."""

from dataclasses import dataclass
from typing import TypeVar

from fondly.contracts.events import (
    Event,
    EventData,
    InteractionsIngested,
    RecommenderPoll,
    SentimentScored,
    event_type,
    parse_event,
)
from fondly.recommender.domain.run_state import RecommenderBundle
from fondly.recommender.use_cases.advance_run import AdvanceRun
from fondly.recommender.use_cases.record_events import RecordEvents
from fondly.runtime.logs import bind_event
from fondly.runtime.queue.message import Message

Data = TypeVar("Data", bound=EventData)


@dataclass(frozen=True)
class RecommenderHandler:
    """Advances the run that a message is about, or records the events that it refers to."""

    advance_run: AdvanceRun
    record_events: RecordEvents

    async def __call__(self, message: Message) -> None:
        """Handle a `sentiment-scored` event, a poll, a bundle, or customers' events."""
        holder, run = message.message_id, self.advance_run
        kind = event_type(message.body)
        if kind == RecommenderBundle.type:
            bundle = _read(message, RecommenderBundle)
            await run.pass_bundle(bundle.run_id, bundle.data.round, bundle.data.bundle, holder=holder)
        elif kind == RecommenderPoll.type:
            poll = _read(message, RecommenderPoll)
            await run.run(poll.run_id, poll.data.attempt, holder=holder)
        elif kind == InteractionsIngested.type:
            await self.record_events.batch(_read(message, InteractionsIngested).data.key)
        else:
            await run.run(_read(message, SentimentScored).run_id, 0, holder=holder)


def _read(message: Message, kind: type[Data]) -> Event[Data]:
    event = parse_event(message.body, kind)
    bind_event(run_id=event.run_id, event_id=event.id)
    return event
