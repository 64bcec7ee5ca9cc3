"""`email-sent`: a notice for the customer, once for a run."""

from dataclasses import dataclass

from pydantic import BaseModel

from fondly.contracts.events import EmailSent, parse_event
from fondly.runtime.logs import bind_event, get_logger
from fondly.runtime.ports import Objects
from fondly.runtime.queue.message import Message

log = get_logger()


class Notice(BaseModel):
    """What a customer is told."""

    customer_id: str
    text: str


@dataclass(frozen=True)
class NoticesHandler:
    """Stores a notice for each email that was sent. Another channel has its adapter in place of `objects`."""

    objects: Objects
    text: str

    async def __call__(self, message: Message) -> None:
        """Handle one event. It may come twice: the notice's key follows from it, so both store the same."""
        event = parse_event(message.body, EmailSent)
        bind_event(run_id=event.run_id, event_id=event.id)
        told = Notice(customer_id=event.data.customer_id, text=self.text)
        await self.objects.put_lines(f"runs/{event.run_id}/notices/{event.id}.jsonl", [told])
        log.info("notice_stored")
