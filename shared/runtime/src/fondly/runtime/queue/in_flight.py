"""SQS hides a received message for twelve hours at most, however often its visibility timeout is renewed.

Source: SQS API reference, ChangeMessageVisibility. Work that waits for a quota may take longer than that.
"""

import asyncio
from collections.abc import Awaitable, Callable

from fondly.runtime.queue.message import Message
from fondly.runtime.retry import PostponedError

MAX_HELD_S = 11.5 * 3_600
"""Leaves time to end calls and to send the message anew."""
Handler = Callable[[Message], Awaitable[None]]


class HeldTooLongError(PostponedError):
    """The message would soon become visible to others, and count as received once more."""


def in_time(handle: Handler) -> Handler:
    """Return a handler that is stopped, with `HeldTooLongError`, before SQS shows its message to others."""

    async def handle_in_time(message: Message) -> None:
        limit = asyncio.timeout(MAX_HELD_S)
        try:
            async with limit:
                await handle(message)
        except TimeoutError as error:
            if limit.expired():
                raise HeldTooLongError("not done in the hours for which SQS hides a message") from error
            raise

    return handle_in_time
