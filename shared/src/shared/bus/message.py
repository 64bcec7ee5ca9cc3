"""One message in hand."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Message:
    """A received message: leased until its visibility runs out, gone only when it is deleted."""

    message_id: str
    receipt: str
    body: str
    receive_count: int
    first_received_ms: int
    """Unix milliseconds."""
