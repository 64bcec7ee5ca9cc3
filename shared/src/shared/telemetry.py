"""Structured logs: readable on a terminal, JSON lines elsewhere; run, event and part bound to every line."""

import logging
import sys
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from structlog.types import EventDict, Processor

METRICS_EVENT = "metrics"

# Local variables hold what customers wrote and who they are: a traceback must not carry them.
WITHOUT_LOCALS = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)


def configure_logging(*, service: str, level: str = "INFO") -> None:
    """Send this process's logs to standard error, each line carrying `service`."""
    terminal = sys.stderr.isatty()
    renderer: list[Processor] = (
        [_without_metrics, structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
        if terminal
        else [structlog.processors.ExceptionRenderer(WITHOUT_LOCALS), structlog.processors.JSONRenderer()]
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    structlog.contextvars.bind_contextvars(service=service)


def _without_metrics(_logger: object, _method: str, line: "EventDict") -> "EventDict":
    """Metrics are for CloudWatch; a person at a terminal has no use for them."""
    if line["event"] == METRICS_EVENT:
        raise structlog.DropEvent
    return line


def get_logger() -> structlog.typing.FilteringBoundLogger:
    """Return a logger that takes on whatever is bound when it is used."""
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger()
    return logger


def bind_event(*, run_id: str, event_id: str, part: int | None = None) -> None:
    """Bind what is being handled to every further line of this task."""
    structlog.contextvars.bind_contextvars(run_id=run_id, event_id=event_id)
    if part is not None:
        structlog.contextvars.bind_contextvars(part=part)
