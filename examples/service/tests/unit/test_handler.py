"""A notice for each email that was sent."""

from fondly.contracts.events import EmailSent, new_event
from fondly.notices.handler import NoticesHandler
from fondly.runtime.queue.message import Message
from tests.support.stores import InMemoryObjects


async def test_a_customer_is_told_once() -> None:
    """Also if the event comes twice, as SNS and SQS may deliver it."""
    objects = InMemoryObjects()
    sent = new_event(EmailSent(customer_id="C1", transport="smtp"), run_id="run-1", source="sender")
    message = Message("m1", "r1", sent.model_dump_json(), receive_count=1, first_received_ms=0)
    handler = NoticesHandler(objects, "Look into your mailbox.")
    for _ in range(2):
        await handler(message)
    [(key, notice)] = objects.stored.items()
    assert key.startswith("runs/run-1/notices/")
    assert notice == b'{"customer_id":"C1","text":"Look into your mailbox."}\n'
