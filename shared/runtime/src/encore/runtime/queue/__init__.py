"""Messages in and out: an SQS consumer loop and an SNS publisher. It knows no service and no event."""

from shared.bus.consumer import Consumer
from shared.bus.message import Message
from shared.bus.publisher import Publisher
from shared.bus.queue import SqsQueue

__all__ = ["Consumer", "Message", "Publisher", "SqsQueue"]
