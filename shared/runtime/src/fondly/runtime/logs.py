"""Logs of a service, and its spans if a collector is configured.

Logs are readable on a terminal and JSON lines elsewhere; every line has the run, event, part and trace.
"""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import structlog

from fondly.contracts import trace_context
from fondly.runtime import tracing

if TYPE_CHECKING:
    from structlog.types import EventDict, Processor

METRICS_EVENT = "metrics"

# Local variables hold customers' texts and identities: tracebacks must not contain them.
WITHOUT_LOCALS = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)


def configure_logging(*, service: str, level: str = "INFO") -> None:
    """Write this process's logs to standard error, with `service` on every line."""
    terminal = sys.stderr.isatty()
    renderer: list[Processor] = (
        [_without_metrics, structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
        if terminal
        else [structlog.processors.ExceptionRenderer(WITHOUT_LOCALS), structlog.processors.JSONRenderer()]
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            _with_trace,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    structlog.contextvars.bind_contextvars(service=service)


def _with_trace(_logger: object, _method: str, line: "EventDict") -> "EventDict":
    if trace_id := trace_context.trace_id():
        line["trace_id"] = trace_id
    return line


def _without_metrics(_logger: object, _method: str, line: "EventDict") -> "EventDict":
    """Drop metrics, which nobody reads on a terminal."""
    if line["event"] == METRICS_EVENT:
        raise structlog.DropEvent
    return line


def get_logger() -> structlog.typing.FilteringBoundLogger:
    """Return a logger that adds the context bound at the time of each call."""
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger()
    return logger


def bind_event(*, run_id: str, event_id: str, part: int | None = None) -> None:
    """Add run, event and part to all further log lines of this task and to the handler's span."""
    facts = {"run_id": run_id, "event_id": event_id} | ({} if part is None else {"part": part})
    structlog.contextvars.bind_contextvars(**facts)
    tracing.note(**facts)


@contextmanager
def exporting_spans(service: str, *, endpoint: str | None) -> Iterator[None]:
    """Record spans in the body if there is an endpoint and OpenTelemetry is installed; then flush."""
    if not endpoint:
        yield
        return
    try:
        from fondly.runtime.spans import exporting  # noqa: PLC0415 - loaded only if used
    except ImportError as error:
        get_logger().warning("spans_not_exported", missing=error.name, install="fondly-runtime[tracing]")
        yield
        return
    with exporting(service) as recorder, tracing.recording(recorder):
        yield
