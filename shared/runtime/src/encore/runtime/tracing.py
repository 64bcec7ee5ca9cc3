"""Which trace the work at hand belongs to: W3C Trace Context, carried from message to message.

A trace is one upload's way through the services; a handler's work on a message is a span of it. Ids are made
and handed on always, so that every log line can name its trace. Spans are recorded by `shared.spans`, and
only where an OTLP endpoint is configured; without one this costs a few microseconds a message.
Source: W3C Recommendation "Trace Context", traceparent header, version 00.
"""

import random
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import NamedTuple, Protocol, Self

_FORMAT = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})")
_SAMPLED = 1


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
        return type(self)(self.trace_id, _id(64), self.sampled)

    def __str__(self) -> str:
        return f"00-{self.trace_id}-{self.span_id}-{self.sampled:02x}"


class Recorder(Protocol):
    """What becomes of spans; each member does what the function of its name below promises."""

    def handling(  # noqa: D102 - see above
        self, queue: str, *, sender: TraceParent | None, message_id: str | None
    ) -> AbstractContextManager[TraceParent]: ...
    def note(self, **facts: str | int) -> None: ...  # noqa: D102 - see above


class Unrecorded:
    """Names spans and records none."""

    def handling(
        self,
        _queue: str,
        *,
        sender: TraceParent | None,
        message_id: str | None,  # noqa: ARG002 - not recorded
    ) -> AbstractContextManager[TraceParent]:
        """Name the span."""
        return nullcontext(sender.child() if sender else TraceParent.new())

    def note(self, **facts: str | int) -> None:
        """Forget them."""


_span: ContextVar[TraceParent | None] = ContextVar("span", default=None)
_trace_id: ContextVar[str | None] = ContextVar("trace_id", default=None)
_recorder: ContextVar[Recorder] = ContextVar("recorder", default=Unrecorded())  # noqa: B039 - holds nothing


def current() -> str | None:
    """The traceparent to hand on with whatever is sent or stored now; None outside a handler."""
    span = _span.get()
    return None if span is None else str(span)


def carried() -> dict[str, str]:
    """The same as metadata of what is stored; empty outside a handler."""
    traceparent = current()
    return {} if traceparent is None else {"traceparent": traceparent}


def trace_id() -> str | None:
    """The id of the trace that this task works on or has just worked on, for what it tells afterwards."""
    return _trace_id.get()


@contextmanager
def handling(queue: str, *, parent: str | None = None, message_id: str | None = None) -> Iterator[None]:
    """Make work on a message a span: of its sender's trace, or of a new trace where no sender is known."""
    sender = TraceParent.parse(parent)
    with _recorder.get().handling(queue, sender=sender, message_id=message_id) as span:
        token = _span.set(span)
        _trace_id.set(span.trace_id)
        try:
            yield
        finally:
            _span.reset(token)


def note(**facts: str | int) -> None:
    """Add facts to the handler's span, by which people search; nothing that customers wrote or are."""
    _recorder.get().note(**facts)


@contextmanager
def recording(recorder: Recorder) -> Iterator[None]:
    """Have all handlers of this context and of the tasks begun in it recorded."""
    token = _recorder.set(recorder)
    try:
        yield
    finally:
        _recorder.reset(token)


def _id(bits: int) -> str:
    """Random hexadecimal digits, not all zero."""
    return f"{random.getrandbits(bits) or 1:0{bits // 4}x}"
