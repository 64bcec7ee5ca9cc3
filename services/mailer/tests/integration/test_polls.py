"""The mailer's messages to itself, through its own queue."""

from fondly.contracts.events import MailerPoll, new_event, parse_event
from fondly.mailer.adapters.polls import SQSMailerPolls
from fondly.runtime.queue.sqs import SQSQueue
from fondly.stack.provision import Resources
from tests.support.stores import Clients

RUN = "run-1"


async def test_a_part_that_has_waited_gets_a_message_at_once(clients: Clients, resources: Resources) -> None:
    """However often it is sent, it is the same event; a poll of the run comes after the interval."""
    queue = SQSQueue(clients.sqs, resources.queue_urls["mailer"])
    polls = SQSMailerPolls(queue, interval_s=900)
    await polls.send(RUN, 3)
    for _ in range(2):
        await polls.send_part(RUN, 7)
    messages = [*await queue.receive(limit=10, wait_s=1), *await queue.receive(limit=10, wait_s=0)]
    events = [parse_event(message.body, MailerPoll) for message in messages]
    assert [(event.run_id, event.data.part) for event in events] == [(RUN, 7)] * 2
    assert {event.id for event in events} == {new_event(MailerPoll(part=7), run_id=RUN, source="mailer").id}
