"""What a connection may take up: for uvicorn, only idle ones end, and too many keep everybody out."""

import asyncio
from typing import TYPE_CHECKING, cast

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

MOST_CONNECTIONS = 800
"""Fewer than the files that a process may have open by default, 1,024."""
MOST_OF_CLIENT = 100
"""Connections of one address that is no proxy."""
RECEIVE_S = 10.0
"""From a request's first byte, or from the beginning of a connection, to the last byte of its body."""
ANSWER_S = 60.0
"""As long as any setting lets an answer take."""
KEEP_ALIVE_S = 75
"""Longer than load balancers keep idle connections: these never meet one that is just being closed."""
LENGTHS = frozenset({b"content-length", b"transfer-encoding"})


class Strict(h11.Connection):
    """Refuses requests of two lengths, of which a proxy and this server may each believe another.

    Source: RFC 9112, section 6.1: a server may reject them; if not, it must close the connection after its
    answer, which h11 does not.
    """

    def next_event(self) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
        """Return what has come; raise `RemoteProtocolError`, to be answered with 400, for such a request."""
        event = super().next_event()
        if isinstance(event, h11.Request) and {name for name, _ in event.headers} >= LENGTHS:
            raise h11.RemoteProtocolError("found two lengths, expected one")
        return event


class BoundedConnection(H11Protocol):
    """Ends when a request arrives too slowly, or as the one of too many that has been idle longest."""

    _deadline: asyncio.TimerHandle | None = None
    _is_receiving = True
    _idle_since = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Make room for the connection, and expect a request."""
        super().connection_made(transport)
        self.conn = Strict(h11.SERVER, self.conn._max_incomplete_event_size)  # noqa: SLF001 - as uvicorn has set it
        self._idle_since = self.loop.time()
        self._end_in(RECEIVE_S)
        ours = [each for each in self.connections if isinstance(each, BoundedConnection)]
        own = [each for each in ours if each._address == self._address]  # noqa: SLF001 - of this class
        proxies = cast("ProxyHeadersMiddleware", self.app).trusted_hosts
        if len(own) > MOST_OF_CLIENT and self._address not in proxies:
            _end_idlest(own)
        elif len(ours) > MOST_CONNECTIONS:
            _end_idlest(ours)

    def data_received(self, data: bytes) -> None:
        """Take what has come, within the time that a request has."""
        if not self._is_receiving:
            self._is_receiving = True
            self._end_in(RECEIVE_S)
        super().data_received(data)
        state = self.conn.their_state
        if state is not h11.SEND_BODY and not (state is h11.IDLE and self.conn.trailing_data[0]):
            self._is_receiving = False
            self._end_in(ANSWER_S + KEEP_ALIVE_S)  # uvicorn ends it before, unless nobody reads the answer

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no request, or the rest of one; whoever answers that one already is not heard."""
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
            if self.cycle.response_started:
                self.transport.close()
                return
        super().send_400_response(msg)

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        self._idle_since = self.loop.time()
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Expect nothing any more."""
        if self._deadline:
            self._deadline.cancel()
        super().connection_lost(exc)

    @property
    def _address(self) -> str:
        return self.client[0] if self.client else ""

    def _end_in(self, seconds: float) -> None:
        if self._deadline:
            self._deadline.cancel()
        self._deadline = self.loop.call_later(seconds, self.transport.abort)


def _end_idlest(connections: list[BoundedConnection]) -> None:
    """End one of the connections; the newest is idle, so there is one."""
    idle = (each for each in connections if each.cycle is None or each.cycle.response_complete)
    idlest = min(idle, key=lambda each: each._idle_since)  # noqa: SLF001 - of this module
    idlest.connections.discard(idlest)
    idlest.transport.abort()
