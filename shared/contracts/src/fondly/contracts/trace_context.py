"""The current trace as W3C Trace Context, carried with every event and object.

A trace follows one upload through the services; the handling of each message is a span of it.
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


class TraceParent(NamedTuple):
    """A span as another process sees it: its trace, its own id and whether the trace is sampled."""

    trace_id: str
    """32 hexadecimal digits, not all zero."""
    span_id: str
    """16 hexadecimal digits, not all zero."""
    sampled: bool

    @classmethod
    def parse(cls, text: str | None) -> Self | None:
        """Parse a traceparent; return None if it is missing or malformed."""
        found = _FORMAT.fullmatch(text) if text else None
        return cls(found[1], found[2], bool(int(found[3], 16) & _SAMPLED)) if found else None

    @classmethod
    def new(cls) -> Self:
        """Return the first span of a new trace."""
        return cls(_id(128), _id(64), sampled=True)

    def child(self) -> Self:
        """Return a new span of the same trace."""
        return type(self)(self.trace_id, _id(64), self.sampled)

    def __str__(self) -> str:
        return f"00-{self.trace_id}-{self.span_id}-{self.sampled:02x}"


_span: ContextVar[TraceParent | None] = ContextVar("span", default=None)
_trace_id: ContextVar[str | None] = ContextVar("trace_id", default=None)


def current() -> str | None:
    """The current traceparent; None outside a handler."""
    span = _span.get()
    return None if span is None else str(span)


def trace_id() -> str | None:
    """The id of this task's current trace, or of the last one."""
    return _trace_id.get()


@contextmanager
def within(span: TraceParent) -> Iterator[None]:
    """Make `span` current in the body; its trace id stays set for later log lines."""
    token = _span.set(span)
    _trace_id.set(span.trace_id)
    try:
        yield
    finally:
        _span.reset(token)


def _id(bits: int) -> str:
    """Return random hexadecimal digits, not all zero."""
    return f"{random.getrandbits(bits) or 1:0{bits // 4}x}"
