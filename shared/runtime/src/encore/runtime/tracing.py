"""One span for each message handled, recorded by `encore.runtime.spans` where an OTLP endpoint is configured.

Ids are made and passed on always, so that every log line can name its trace; without an endpoint this costs
a few microseconds a message.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import Protocol

from encore.contracts.trace_context import TraceParent, current, within


class Recorder(Protocol):
    """What records spans; each member does what the function of its name below promises."""

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
        """Drop them."""


_recorder: ContextVar[Recorder] = ContextVar("recorder", default=Unrecorded())  # noqa: B039 - holds nothing


def carried() -> dict[str, str]:
    """The current traceparent as metadata of a stored object; empty outside a handler."""
    traceparent = current()
    return {} if traceparent is None else {"traceparent": traceparent}


@contextmanager
def handling(queue: str, *, parent: str | None = None, message_id: str | None = None) -> Iterator[None]:
    """Make the handling of a message a span of its sender's trace, or of a new one without a sender."""
    sender = TraceParent.parse(parent)
    with _recorder.get().handling(queue, sender=sender, message_id=message_id) as span, within(span):
        yield


def note(**facts: str | int) -> None:
    """Add searchable facts to the handler's span; nothing that a customer wrote or that identifies one."""
    _recorder.get().note(**facts)


@contextmanager
def recording(recorder: Recorder) -> Iterator[None]:
    """Record all handlers of this context and of the tasks started in it."""
    token = _recorder.set(recorder)
    try:
        yield
    finally:
        _recorder.reset(token)
