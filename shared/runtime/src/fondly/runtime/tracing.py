"""One span per message handled, recorded by `fondly.runtime.spans` if an OTLP endpoint is configured.

Ids are created and propagated in any case, so that every log line can name its trace; without an endpoint
this costs a few microseconds per message.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import Protocol

from fondly.contracts.trace_context import TraceParent, current, within


class Recorder(Protocol):
    """Records spans; each method does what the function of the same name below documents."""

    def handling(  # noqa: D102 - see above
        self, queue: str, *, sender: TraceParent | None, message_id: str | None
    ) -> AbstractContextManager[TraceParent]: ...
    def note(self, **facts: str | int) -> None: ...  # noqa: D102 - see above


class Unrecorded:
    """Creates span ids and records nothing."""

    def handling(
        self,
        _queue: str,
        *,
        sender: TraceParent | None,
        message_id: str | None,  # noqa: ARG002 - not recorded
    ) -> AbstractContextManager[TraceParent]:
        """Create the span's ids."""
        return nullcontext(sender.child() if sender else TraceParent.new())

    def note(self, **facts: str | int) -> None:
        """Discard the facts."""


_recorder: ContextVar[Recorder] = ContextVar("recorder", default=Unrecorded())  # noqa: B039 - has no state


def is_recorded() -> bool:
    """Whether spans are recorded: then those of AWS calls are, as the SDK makes them."""
    return not isinstance(_recorder.get(), Unrecorded)


def carried() -> dict[str, str]:
    """The current traceparent as object metadata; empty outside a handler."""
    traceparent = current()
    return {} if traceparent is None else {"traceparent": traceparent}


@contextmanager
def handling(queue: str, *, parent: str | None = None, message_id: str | None = None) -> Iterator[None]:
    """Run the body in a span of the sender's trace, or of a new trace if there is no sender."""
    sender = TraceParent.parse(parent)
    with _recorder.get().handling(queue, sender=sender, message_id=message_id) as span, within(span):
        yield


def note(**facts: str | int) -> None:
    """Add searchable facts to the handler's span: never customers' texts or identities."""
    _recorder.get().note(**facts)


@contextmanager
def recording(recorder: Recorder) -> Iterator[None]:
    """Record all handlers that run in this context, including the tasks started in it."""
    token = _recorder.set(recorder)
    try:
        yield
    finally:
        _recorder.reset(token)
