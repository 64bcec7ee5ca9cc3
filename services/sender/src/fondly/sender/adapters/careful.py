"""Stops handing over while a provider seems to be out of order: each email has one chance, and may lose it.

When SES answers with server errors for an hour, or a mail server refuses whatever it is given, every email
would end in doubt, or refused, one after the other. After a few in a row nothing is handed over for a while;
then one email tells whether it has become better.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from fondly.sender.ports import (
    Accepted,
    InDoubtError,
    Outgoing,
    RefusedError,
    Transport,
    UnusableError,
)

MOST_DOUBTS, MOST_REFUSALS = 5, 20
"""Failures in a row, with no accepted email between them; that a mailbox does not exist is no failure."""
FIRST_PAUSE_S, MAX_PAUSE_S = 60.0, 900.0
"""How long nothing is handed over, doubled each time."""


class CarefulTransport:
    """Hands over by another transport, as long as that does well."""

    def __init__(self, transport: Transport, *, now: Callable[[], float] = time.monotonic) -> None:
        self.name = transport.name
        self._transport = transport
        self._now = now
        self._doubts = self._refusals = 0
        self._pause_s = 0.0
        self._closed_until = 0.0
        self._is_probing = False
        self._reason = ""

    async def send(self, email: Outgoing) -> Accepted:
        """Hand an email over; raise what the transport raises, and `UnusableError` while it does badly."""
        with self._probe():
            try:
                accepted = await self._transport.send(email)
            except InDoubtError as error:
                self._doubts += 1
                if self._doubts >= MOST_DOUBTS:
                    self._close(f"{self._doubts} emails in a row are in doubt, the last one by: {error}")
                raise
            except RefusedError as error:
                if not error.bad_address:
                    self._refused(error)
                raise
        self._doubts = self._refusals = 0
        self._pause_s = 0.0
        return accepted

    def _refused(self, error: RefusedError) -> None:
        self._refusals += 1
        if self._refusals > MOST_REFUSALS:
            self._close(f"{self._refusals} emails in a row were refused, the last one by: {error}")
            raise UnusableError(self._reason) from error

    @contextmanager
    def _probe(self) -> Iterator[None]:
        """Let one email through after a pause; raise `UnusableError` for others meanwhile."""
        if self._now() < self._closed_until or self._is_probing:
            raise UnusableError(self._reason)
        if not self._pause_s:
            yield
            return
        self._is_probing = True
        try:
            yield
        finally:
            self._is_probing = False

    def _close(self, reason: str) -> None:
        """Begin a pause; what was under way already begins no longer one."""
        self._reason = reason
        if self._now() >= self._closed_until:
            self._pause_s = min(MAX_PAUSE_S, 2 * self._pause_s or FIRST_PAUSE_S)
            self._closed_until = self._now() + self._pause_s
