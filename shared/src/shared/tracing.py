"""Which trace the work at hand belongs to: W3C Trace Context, carried from message to message.

A trace is one upload's way through the services; a handler is a span of it. Ids are made and handed on always,
so that every log line can name its trace. Spans are recorded only where a recorder is installed
(`shared.spans`); without one this costs a few microseconds a message.
Source: W3C Recommendation "Trace Context", traceparent header, version 00.
"""

import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple, Self

_FORMAT = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})")
_SAMPLED = 1
_current: ContextVar["TraceParent | None"] = ContextVar("traceparent", default=None)


class TraceParent(NamedTuple):
    """A span as another process knows it: its trace, its own id and whether the trace is recorded."""

    trace_id: str
    """32 hexadecimal digits, not all zero."""
    span_id: str
    """16 hexadecimal digits, not all zero."""
    sampled: bool

    @classmethod
    def parse(cls, text: str | None) -> Self | None:
        """Read a traceparent; None for anything malformed, whose trace is then not ours to continue."""
        found = _FORMAT.fullmatch(text) if text else None
        return cls(found[1], found[2], bool(int(found[3], 16) & _SAMPLED)) if found else None

    @classmethod
    def new(cls) -> Self:
        """Begin a trace."""
        return cls(_id(128), _id(64), sampled=True)

    def child(self) -> Self:
        """Name a new span of the same trace."""
        return self._replace(span_id=_id(64))

    def __str__(self) -> str:
        return f"00-{self.trace_id}-{self.span_id}-{'01' if self.sampled else '00'}"


def current() -> str | None:
    """The traceparent to hand on with whatever is sent or stored now; None outside a handler."""
    span = _current.get()
    return None if span is None else str(span)


def trace_id() -> str | None:
    """The id of the trace that the work at hand belongs to; None outside a handler."""
    span = _current.get()
    return None if span is None else span.trace_id


@contextmanager
def handling(name: str, *, parent: str | None = None, message_id: str | None = None) -> Iterator[None]:  # noqa: ARG001
    """Let a handler's work on one message be a span: of the sender's trace, or of a new one without a sender."""
    sender = TraceParent.parse(parent)
    token = _current.set(sender.child() if sender else TraceParent.new())
    try:
        yield
    finally:
        _current.reset(token)


def _id(bits: int) -> str:
    """Random hexadecimal digits, not all zero."""
    return f"{random.getrandbits(bits) or 1:0{bits // 4}x}"  # noqa: S311 - names a span, guards nothing
