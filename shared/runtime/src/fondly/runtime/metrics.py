"""Metrics written as log lines in CloudWatch's embedded metric format.

Source: CloudWatch embedded metric format specification. Every metric has the dimension `service`, which
`fondly.runtime.logs` binds to each line. Dashboards and alarms use these names; a test compares them.
"""

import logging
import time
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from decimal import Decimal
from enum import StrEnum

import structlog

from fondly.runtime.logs import METRICS_EVENT
from fondly.runtime.settings import NAMESPACE

namespace: ContextVar[str] = ContextVar("namespace", default=NAMESPACE)
"""CloudWatch namespace of this process's metrics, set once at start."""
log: structlog.typing.FilteringBoundLogger = structlog.wrap_logger(
    None, wrapper_class=structlog.make_filtering_bound_logger(logging.NOTSET)
)
"""Writes whatever the log level is: alarms and scaling must not go blind when the log is quieter."""


class Metric(StrEnum):
    """The name of every metric."""

    MESSAGES_RECEIVED = "messages_received"
    MESSAGES_SUCCEEDED = "messages_succeeded"
    MESSAGES_RETRIED = "messages_retried"
    MESSAGES_DEAD_LETTERED = "messages_dead_lettered"
    HANDLER_SECONDS = "handler_seconds"
    MESSAGE_AGE_SECONDS = "message_age_seconds"
    """From the message's first receive to the end of its handler, over all attempts."""
    LAG_SECONDS = "lag_seconds"
    """From sending a message to the start of its handler."""
    QUEUE_BACKLOG = "queue_backlog"
    """Messages waiting in the queue. Every process reports the whole queue: take the maximum."""
    QUEUE_IN_FLIGHT = "queue_in_flight"
    """Messages being handled by any process. As with the backlog, take the maximum."""
    CIRCUIT_OPENED = "circuit_opened"
    """How often a service stopped receiving because a dependency was down."""
    QUOTA_CALLS = "quota_calls"
    """Calls sent to the paid API whose quota the tasks of a service share."""
    QUOTA_CALLS_THROTTLED = "quota_calls_throttled"
    QUOTA_WAIT_SECONDS = "quota_wait_seconds"
    """For how long calls have waited for their turns, added up over all that waited."""
    QUOTA_CALLS_PER_S = "quota_calls_per_s"
    """What all tasks together may send. Every process reports it: take the maximum."""

    RUNS_FINISHED = "runs_finished"
    RUNS_FAILED = "runs_failed"
    RUNS_STOPPED = "runs_stopped"
    """Runs that their budget has stopped, and that wait for an operator."""
    RUN_SECONDS = "run_seconds"
    RUN_ESTIMATE_SECONDS = "run_estimate_seconds"
    """What a run takes at the quota that its stage has now, by the stage that waits for it."""
    RUN_COST_USD = "run_cost_usd"
    AI_COST_USD = "ai_cost_usd"
    """Comprehend, Personalize and Bedrock for one run."""
    TURNS_TAKEN_OVER = "turns_taken_over"
    """How often a run took the dataset group from one that was no longer being checked."""

    DELIVERIES_HELD = "deliveries_held"
    """Finished runs that wait until a person approves them."""
    DELIVERIES_HALTED = "deliveries_halted"
    """How often a part came to rest because a provider accepts nothing: a quota, a password, an identity."""
    EMAILS_SENT = "emails_sent"
    """Emails that a provider has accepted; this and the next three are written once per pass over a part."""
    EMAILS_NOT_SENT = "emails_not_sent"
    """Suppressed ones, and those that a frequency cap holds back."""
    EMAILS_REFUSED = "emails_refused"
    EMAILS_IN_DOUBT = "emails_in_doubt"
    """Nobody knows whether they were accepted: their worker stopped while handing them over."""
    DELIVERY_WAIT_SECONDS = "delivery_wait_seconds"
    """For how long the delivery that has waited longest for a person, held or paused, has done so."""

    WEB_REQUESTS = "web_requests"
    """Requests for picks; the web process writes this and the next four every ten seconds."""
    WEB_REQUESTS_REFUSED = "web_requests_refused"
    """Requests that the rate limits refused."""
    WEB_REQUESTS_FAILED = "web_requests_failed"
    """Requests that were answered with a status from 500 on."""
    WEB_FALLBACKS = "web_fallbacks"
    """Answers that did not come from the campaign that was asked."""
    WEB_SECONDS = "web_seconds"
    """How long requests took: at most a hundred values that stand for equal shares of all."""

    UNSUBSCRIBES = "unsubscribes"
    """Customers who wanted no more emails; the sender's feedback process writes this and the next nine."""
    PREFERENCES_KEPT = "preferences_kept"
    BOUNCES_HARD = "bounces_hard"
    BOUNCES_SOFT = "bounces_soft"
    COMPLAINTS = "complaints"
    COMPLAINT_RATE = "complaint_rate"
    """The share of the emails of a run that were complained of, from 0 to 1, at each complaint."""
    DELIVERIES_PAUSED = "deliveries_paused"
    """Deliveries that the share of complaints has stopped, and that wait for an operator."""
    FEEDBACK_FORGED = "feedback_forged"
    """Requests, clicks and mails that no key of ours has signed: they are dropped."""
    MAIL_UNREAD = "mail_unread"
    """Mails about which nothing is done: forged ones, answers of machines, and what is for a person."""
    MAILBOX_FAILURES = "mailbox_failures"
    """How often the mailbox of replies and reports could not be read."""

    COMPREHEND_UNITS = "comprehend_units"
    """Billed units of 100 characters; this and the next three are written once per finished part."""
    RECOMMENDATIONS_ASKED = "recommendations_asked"
    """Customers for whom Personalize ranked products."""
    MODEL_INPUT_TOKENS = "model_input_tokens"
    MODEL_OUTPUT_TOKENS = "model_output_tokens"

    REJECTED_ROWS = "rejected_rows"
    REVIEWS_SCORED = "reviews_scored"
    REVIEWS_UNSCORED = "reviews_unscored"
    TEXTS_POSITIVE = "texts_positive"
    """Reviews and shared texts with this label; the next three are those with the others."""
    TEXTS_NEGATIVE = "texts_negative"
    TEXTS_NEUTRAL = "texts_neutral"
    TEXTS_MIXED = "texts_mixed"
    CUSTOMERS_BY_POPULARITY = "customers_by_popularity"
    EMAILS = "emails"
    EMAILS_TEMPLATE_COPY = "emails_template_copy"
    EMAILS_MIXED_COPY = "emails_mixed_copy"
    """Emails of which some fields have template copy."""
    TEMPLATE_FIELDS = "template_fields"
    """Fields with template copy, because no wording of the model's passed."""
    EMAILS_FAILED = "emails_failed"
    COPY_PROMPTS = "copy_prompts"
    """Distinct facts that the model was paid to write about: of customers, and of products."""
    COPY_REPAIRS = "copy_repairs"
    COPY_CALLS = "copy_calls"
    """Calls for both; one may be about several products."""
    MODEL_MEMBERS_REFUSED = "model_members_refused"
    """Members of requests that the model turned out not to take, and that a process leaves out."""


AI_UNITS = {
    "comprehend.units": Metric.COMPREHEND_UNITS,
    "personalize.recommendations": Metric.RECOMMENDATIONS_ASKED,
    "bedrock.input_tokens": Metric.MODEL_INPUT_TOKENS,
    "bedrock.cache_read_tokens": Metric.MODEL_INPUT_TOKENS,
    "bedrock.cache_write_tokens": Metric.MODEL_INPUT_TOKENS,
    "bedrock.output_tokens": Metric.MODEL_OUTPUT_TOKENS,
}
"""The metric of each billable AI unit, named as in `runs.pricing` without the model id."""
MAX_VALUES = 100
"""Values of one metric per line, a limit of the specification."""


def emit(values: Mapping[Metric, float | Sequence[float]]) -> None:
    """Write one value, or up to `MAX_VALUES`, of each metric."""
    directive = {
        "Namespace": namespace.get(),
        "Dimensions": [["service"]],
        "Metrics": [{"Name": metric, "Unit": _unit(metric)} for metric in values],
    }
    aws = {"Timestamp": time.time_ns() // 1_000_000, "CloudWatchMetrics": [directive]}
    log.info(METRICS_EVENT, _aws=aws, **{str(metric): value for metric, value in values.items()})


def emit_ai_units(units: Mapping[str, Decimal]) -> None:
    """Write the AI units that a finished part used."""
    used: dict[Metric, float] = {}
    for unit, amount in units.items():
        if metric := AI_UNITS.get(".".join(unit.split(".")[:2])):
            used[metric] = used.get(metric, 0) + float(amount)
    if used:
        emit(used)


def _unit(metric: Metric) -> str:
    """Its name ends in it, but that CloudWatch knows neither dollars nor shares."""
    units = {"seconds": "Seconds", "usd": "None", "rate": "None"}
    return units.get(metric.rpartition("_")[2], "Count")
