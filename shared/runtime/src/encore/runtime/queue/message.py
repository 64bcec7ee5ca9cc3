"""One message in hand."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Message:
    """A received message: leased until its visibility runs out, gone only when it is deleted."""

    message_id: str
    receipt: str
    body: str
    receive_count: int
    first_received_ms: int
    """Unix milliseconds."""
    sent_ms: int = 0
    """Unix milliseconds; zero when the queue does not tell."""
    traceparent: str | None = None
    """The trace that sent it, as W3C Trace Context writes it."""
