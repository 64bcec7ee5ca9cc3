"""A received message."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Message:
    """A received message: hidden until its visibility timeout runs out, gone only once it is deleted."""

    message_id: str
    receipt: str
    body: str
    receive_count: int
    first_received_ms: int
    """Unix milliseconds."""
    sent_ms: int = 0
    """Unix milliseconds; zero if the queue does not report it."""
    traceparent: str | None = None
    """The sender's span, as a W3C traceparent."""
