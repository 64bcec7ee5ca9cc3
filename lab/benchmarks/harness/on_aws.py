"""How long a stage would take on AWS, by what it took here and the simulation of how its service scales."""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fondly.mailer.settings import MailerSettings
from fondly.operations.cost.hours import CONVERSE_CALLS_PER_MIN, SENTIMENT_CALLS_PER_S, TRAINING_H
from fondly.operations.cost.lines import SES_PER_S
from fondly.runtime.runs.run import StageName
from fondly.sentiment.settings import SentimentSettings
from tests.scaling.rules import FILE, bounds_of, scalable_target
from tests.scaling.world import SLOTS, Conditions, Work, World

MINUTES_PER_HOUR, SECONDS_PER_MINUTE = 60, 60
VCPUS = {StageName.SENTIMENT: 0.5, StageName.SENDER: 0.5}
"""Of a task in the environment `prod`, where it has not one; each is as quick as a core here."""
PARALLEL = {
    StageName.SENTIMENT: SentimentSettings.model_fields["sentiment_parallel_calls"].default,
    StageName.MAILER: MailerSettings.model_fields["mailer_converse_concurrency"].default,
}
QUOTAS_PER_MIN = {
    StageName.SENTIMENT: ("comprehend.BatchDetectSentiment", SENTIMENT_CALLS_PER_S * SECONDS_PER_MINUTE),
    StageName.MAILER: ("bedrock-runtime.Converse", CONVERSE_CALLS_PER_MIN),
    StageName.SENDER: ("emails", SES_PER_S * SECONDS_PER_MINUTE),
}
"""A new account's: of which call, and how many."""


def hours(stage: StageName, taken: Mapping[str, Any], *, own_cpu_s: float, parts: int) -> dict[str, float]:
    """Return the hours with one task, with as many as `prod` has, and at a new account's quotas."""
    messages = 1 if stage is StageName.INGEST else parts
    cpu_s = own_cpu_s / messages / VCPUS.get(stage, 1.0)
    waited_s = sum(taken["waited_s"].values()) / messages / PARALLEL.get(stage, 1)
    message_s = max(cpu_s * min(SLOTS, messages), cpu_s + waited_s)
    most = bounds_of("prod", stage).max_tasks
    name, per_min = QUOTAS_PER_MIN.get(stage, ("", math.inf))
    calls = {**taken["calls"], "emails": taken["written"].get("dispatches", 0) / DISPATCH_WRITES}
    trained_h = TRAINING_H if stage is StageName.RECOMMENDER else 0.0
    return {
        "one task": trained_h + _minutes(stage, messages, message_s, 1) / MINUTES_PER_HOUR,
        f"{most} tasks": trained_h + _minutes(stage, messages, message_s, most) / MINUTES_PER_HOUR,
        "quotas": calls.get(name, 0) / per_min / MINUTES_PER_HOUR,
    }


DISPATCH_WRITES = 2
"""An email is reserved, then settled."""


def _minutes(stage: StageName, messages: int, message_s: float, tasks: int) -> int:
    """Minutes from asleep until all is done; messages of seconds are taken together, by the minute."""
    together = max(1, int(SECONDS_PER_MINUTE / message_s))
    minutes = max(1, round(message_s * together / SECONDS_PER_MINUTE))
    bounds = replace(bounds_of("prod", stage), max_tasks=tasks)
    target = scalable_target(FILE.parent, bounds, desired=bounds.min_tasks)
    world = World(target, Conditions(handler_min=minutes))
    work = [Work(0) for _ in range(-(-messages // together))]
    history = world.run(work, 100 * MINUTES_PER_HOUR, rest_min=1)
    return 1 + max(now for now, minute in enumerate(history) if minute.work)
