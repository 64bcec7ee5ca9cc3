"""Metrics through the log, in CloudWatch's embedded metric format: a log line becomes data points.

Source: CloudWatch embedded metric format specification. Every metric has the dimension `service`, which
`encore.runtime.logs` binds to each line. Dashboards and alarms name these metrics; a test compares them.
"""

import time
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from decimal import Decimal
from enum import StrEnum

from encore.runtime.logs import METRICS_EVENT, get_logger
from encore.runtime.settings import NAMESPACE

namespace: ContextVar[str] = ContextVar("namespace", default=NAMESPACE)
"""CloudWatch namespace of this process's metrics, set once when it starts."""
log = get_logger()


class Metric(StrEnum):
    """Everything that is measured."""

    MESSAGES_RECEIVED = "messages_received"
    MESSAGES_SUCCEEDED = "messages_succeeded"
    MESSAGES_RETRIED = "messages_retried"
    MESSAGES_DEAD_LETTERED = "messages_dead_lettered"
    HANDLER_SECONDS = "handler_seconds"
    MESSAGE_AGE_SECONDS = "message_age_seconds"
    """From the message's first receipt to now: how long its work has been waiting for success."""
    LAG_SECONDS = "lag_seconds"
    """From when a message was sent to when its handler begins."""
    QUEUE_BACKLOG = "queue_backlog"
    """Messages that wait in the queue. Every process reports the whole queue: take the maximum."""
    QUEUE_IN_FLIGHT = "queue_in_flight"
    """Messages that someone is working on. As with the backlog, take the maximum."""
    CIRCUIT_OPENED = "circuit_opened"
    """Times that a service stopped taking messages because a dependency was down."""

    RUNS_FINISHED = "runs_finished"
    RUNS_FAILED = "runs_failed"
    RUN_SECONDS = "run_seconds"
    RUN_COST_USD = "run_cost_usd"
    AI_COST_USD = "ai_cost_usd"
    """Comprehend, Personalize and Bedrock, of one run."""

    COMPREHEND_UNITS = "comprehend_units"
    """Of 100 characters, as they are billed; like the following, of a part that is done."""
    RECOMMENDATIONS_ASKED = "recommendations_asked"
    """Customers that Personalize ranked products for."""
    MODEL_INPUT_TOKENS = "model_input_tokens"
    MODEL_OUTPUT_TOKENS = "model_output_tokens"

    REJECTED_ROWS = "rejected_rows"
    REVIEWS_SCORED = "reviews_scored"
    CUSTOMERS_BY_POPULARITY = "customers_by_popularity"
    EMAILS = "emails"
    EMAILS_TEMPLATE_COPY = "emails_template_copy"
    EMAILS_FAILED = "emails_failed"
    COPY_REPAIRS = "copy_repairs"


SECONDS = frozenset(
    {Metric.HANDLER_SECONDS, Metric.MESSAGE_AGE_SECONDS, Metric.LAG_SECONDS, Metric.RUN_SECONDS}
)
DOLLARS = frozenset({Metric.RUN_COST_USD, Metric.AI_COST_USD})


AI_UNITS = {
    "comprehend.units": Metric.COMPREHEND_UNITS,
    "personalize.recommendations": Metric.RECOMMENDATIONS_ASKED,
    "bedrock.input_tokens": Metric.MODEL_INPUT_TOKENS,
    "bedrock.output_tokens": Metric.MODEL_OUTPUT_TOKENS,
}
"""The metric of each billable unit of an AI service, named as in `runs.pricing`, without a model id."""
MAX_VALUES = 100
"""Values of one metric in one line, as the specification allows."""


def emit(values: Mapping[Metric, float | Sequence[float]]) -> None:
    """Write the data points of each metric, one or up to `MAX_VALUES`."""
    directive = {
        "Namespace": namespace.get(),
        "Dimensions": [["service"]],
        "Metrics": [{"Name": metric, "Unit": _unit(metric)} for metric in values],
    }
    aws = {"Timestamp": time.time_ns() // 1_000_000, "CloudWatchMetrics": [directive]}
    log.info(METRICS_EVENT, _aws=aws, **{str(metric): value for metric, value in values.items()})


def emit_ai_units(units: Mapping[str, Decimal]) -> None:
    """Write what a part took of the AI services, as soon as it is done."""
    taken: dict[Metric, float] = {}
    for unit, amount in units.items():
        if metric := AI_UNITS.get(".".join(unit.split(".")[:2])):
            taken[metric] = taken.get(metric, 0) + float(amount)
    if taken:
        emit(taken)


def _unit(metric: Metric) -> str:
    if metric in SECONDS:
        return "Seconds"
    return "None" if metric in DOLLARS else "Count"
