"""`sentiment-scored`, the service's own polls, and state changes of Personalize jobs: the run is advanced.

The service's messages to itself about bundles: one task does its share of a round. `interactions-ingested`:
what customers did is recorded.
"""

from dataclasses import dataclass

from encore.contracts.events import (
    InteractionsIngested,
    RecommenderBundle,
    RecommenderPoll,
    SentimentScored,
    event_type,
    parse_event,
)
from encore.recommender.use_cases.advance_run import AdvanceRun
from encore.recommender.use_cases.record_events import RecordEvents
from encore.runtime.eventbridge import read_aws_event
from encore.runtime.logs import bind_event
from encore.runtime.queue.message import Message

JOB_EVENTS = "aws.personalize"


@dataclass(frozen=True)
class RecommenderHandler:
    """Advances the run that a message is about, or records the events that it refers to."""

    advance_run: AdvanceRun
    record_events: RecordEvents

    async def __call__(self, message: Message) -> None:
        """Handle a `sentiment-scored` event, a poll, a bundle, a job's state change, or customers' events."""
        holder = message.message_id
        if (change := read_aws_event(message.body, source=JOB_EVENTS)) is not None:
            await self.advance_run.on_state_change(change, holder=holder)
        elif (kind := event_type(message.body)) == RecommenderBundle.type:
            event = parse_event(message.body, RecommenderBundle)
            bind_event(run_id=event.run_id, event_id=event.id)
            await self.advance_run.pass_bundle(
                event.run_id, event.data.round, event.data.bundle, holder=holder
            )
        elif kind == InteractionsIngested.type:
            told = parse_event(message.body, InteractionsIngested)
            bind_event(run_id=told.run_id, event_id=told.id)
            await self.record_events.batch(told.data.key)
        else:
            run_id, attempt = _read(message)
            await self.advance_run.run(run_id, attempt, holder=holder)


def _read(message: Message) -> tuple[str, int]:
    """Return the run and the number of the attempt: zero for `sentiment-scored`, counted by polls."""
    if event_type(message.body) == RecommenderPoll.type:
        poll = parse_event(message.body, RecommenderPoll)
        bind_event(run_id=poll.run_id, event_id=poll.id)
        return poll.run_id, poll.data.attempt
    scored = parse_event(message.body, SentimentScored)
    bind_event(run_id=scored.run_id, event_id=scored.id)
    return scored.run_id, 0
