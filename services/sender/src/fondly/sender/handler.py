"""What a message of the sender's queue is about: a finished run, a delivery, a part, or the time."""

from dataclasses import dataclass

from fondly.contracts.events import DeliverPart as DeliverPartEvent
from fondly.contracts.events import RunFinished, SenderPoll, event_type, parse_event
from fondly.runtime.eventbridge import read_aws_event
from fondly.runtime.logs import bind_event, get_logger
from fondly.runtime.queue.message import Message
from fondly.sender.use_cases.deliver_part import DeliverPart
from fondly.sender.use_cases.open_delivery import OpenDelivery
from fondly.sender.use_cases.release_parts import ReleaseParts
from fondly.sender.use_cases.resolve_doubts import ResolveDoubts
from fondly.sender.use_cases.watch_deliveries import WatchDeliveries

SCHEDULE = "aws.events"
"""The source of the events of EventBridge's schedules."""
log = get_logger()


@dataclass(frozen=True)
class SenderHandler:
    """Opens deliveries, releases their parts and delivers them."""

    open_delivery: OpenDelivery
    release_parts: ReleaseParts
    deliver_part: DeliverPart
    resolve_doubts: ResolveDoubts
    watch_deliveries: WatchDeliveries

    async def __call__(self, message: Message) -> None:
        """Handle one message."""
        if read_aws_event(message.body, source=SCHEDULE) is not None:
            await self.watch_deliveries.run()
            return
        kind = event_type(message.body)
        if kind == DeliverPartEvent.type:
            part = parse_event(message.body, DeliverPartEvent)
            bind_event(run_id=part.run_id, event_id=part.id, part=part.data.part)
            if part.data.doubted:
                resolve = self.resolve_doubts.refute if part.data.refuted else self.resolve_doubts.run
                await resolve(part.run_id, part.data.part, part.data.doubted, holder=message.message_id)
                return
            await self.deliver_part.run(part.run_id, part.data.part, holder=message.message_id)
        elif kind == SenderPoll.type:
            poll = parse_event(message.body, SenderPoll)
            bind_event(run_id=poll.run_id, event_id=poll.id)
            await self.release_parts.run(poll.run_id, poll.data.attempt)
        else:
            finished = parse_event(message.body, RunFinished)
            bind_event(run_id=finished.run_id, event_id=finished.id)
            await self.open_delivery.run(finished)


async def deliver_nothing(message: Message) -> None:
    """Handle a message where no transport is set: nobody is written to, and finished emails stay."""
    log.info("no_transport", kind=event_type(message.body))
