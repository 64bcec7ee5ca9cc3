"""OpenTelemetry spans for an OTLP collector: one per message handled, one per AWS call made for it.

Loaded only if an endpoint is configured; needs the extra `fondly-runtime[tracing]`.
OpenTelemetry's own `OTEL_*` variables set endpoint, headers, sampling and batching.
Sources: OpenTelemetry semantic conventions for messaging (SQS) and for the AWS SDK.
"""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Thread
from typing import Any

from opentelemetry import trace
from opentelemetry.context import Context, attach, detach
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.botocore import AiobotocoreInstrumentor
from opentelemetry.instrumentation.utils import suppress_instrumentation
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanLimits, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from fondly.contracts.trace_context import TraceParent

ERROR_TYPE = "error.type"
W3C = TraceContextTextMapPropagator()
FLUSH_S = 3.0
# An exception's text may quote a customer: spans carry its type only, and no exception events.
LIMITS = SpanLimits(max_events=0)
# A conditional write whose condition fails is an expected answer, not an error.
EXPECTED_ERRORS = frozenset({"ConditionalCheckFailedException"})


class SpanRecorder:
    """Records handlers' spans with a tracer."""

    def __init__(self, tracer: trace.Tracer) -> None:
        self._tracer = tracer

    @contextmanager
    def handling(
        self, queue: str, *, sender: TraceParent | None, message_id: str | None
    ) -> Iterator[TraceParent]:
        """Record the handling of one message; AWS calls made for it are its children."""
        token = attach(Context())
        try:
            with (
                self._tracer.start_as_current_span(
                    f"process {queue}",
                    context=_remote(sender),
                    kind=SpanKind.CONSUMER,
                    attributes=_message_attributes(queue, message_id),
                    record_exception=False,
                    set_status_on_exception=False,
                ) as span,
                _recording_failure(span),
            ):
                yield _traceparent(span)
        finally:
            detach(token)

    def note(self, **facts: str | int) -> None:
        """Add attributes under the prefix `fondly.`."""
        trace.get_current_span().set_attributes({f"fondly.{name}": value for name, value in facts.items()})


@contextmanager
def exporting(service: str) -> Iterator[SpanRecorder]:
    """Yield a recorder that exports spans, with the AWS calls of handlers only; flush at the end."""
    resource = Resource.create({"service.name": service, "service.namespace": "fondly"})
    provider = TracerProvider(resource=resource, span_limits=LIMITS, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    instrumentor = AiobotocoreInstrumentor()  # type: ignore[no-untyped-call] # the only untyped call
    instrumentor.instrument(tracer_provider=provider, response_hook=_describe_failure)
    try:
        with suppress_instrumentation():
            yield SpanRecorder(provider.get_tracer("fondly"))
    finally:
        instrumentor.uninstrument()
        _flush(provider)


def _flush(provider: TracerProvider) -> None:
    """Send the remaining spans, but do not let a dead collector delay the end of the service."""
    flushing = Thread(target=provider.shutdown, daemon=True)
    flushing.start()
    flushing.join(FLUSH_S)


@contextmanager
def _recording_failure(span: Span) -> Iterator[None]:
    """Record the type of a failure of the body."""
    try:
        yield
    except BaseException as error:
        span.set_status(StatusCode.ERROR)
        span.set_attribute(ERROR_TYPE, type(error).__name__)
        raise


def _describe_failure(span: Span, _service: str, _operation: str, reply: Mapping[str, Any] | None) -> None:
    """Replace a failed AWS call's message by its error code; called before the span ends."""
    if not isinstance(span, ReadableSpan) or span.status.status_code is not StatusCode.ERROR:
        return
    code = (
        reply["Error"].get("Code", "Unknown")
        if reply and "Error" in reply
        else type(sys.exception()).__name__
    )
    span.set_status(StatusCode.OK if code in EXPECTED_ERRORS else Status(StatusCode.ERROR, code))
    span.set_attribute(ERROR_TYPE, code)


def _message_attributes(queue: str, message_id: str | None) -> dict[str, str]:
    attributes = {
        "messaging.system": "aws_sqs",
        "messaging.destination.name": queue,
        "messaging.operation.name": "process",
        "messaging.operation.type": "process",
    }
    return attributes | ({"messaging.message.id": message_id} if message_id else {})


def _traceparent(span: Span) -> TraceParent:
    carrier: dict[str, str] = {}
    W3C.inject(carrier, trace.set_span_in_context(span, Context()))
    return TraceParent.parse(carrier.get("traceparent")) or TraceParent.new()  # with OTEL_SDK_DISABLED


def _remote(sender: TraceParent | None) -> Context:
    """The context for a span whose parent belongs to another process."""
    return W3C.extract({"traceparent": str(sender)}, Context()) if sender else Context()
