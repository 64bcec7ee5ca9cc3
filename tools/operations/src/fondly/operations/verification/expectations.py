"""Compares what the topology asks of each resource with its description in the account."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from fondly.operations.queues import DEPTHS
from fondly.operations.topology import DEAD_LETTER_RETENTION_S, Notification, Queue, Table

PUBLIC_ACCESS_BLOCKS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")


def queue_problems(queue: Queue, attributes: Mapping[str, str], *, dead_letters: str) -> list[str]:
    """Compare `GetQueueAttributes`; `dead_letters` is the name of the queue to redrive to."""
    return [
        *unless("visibility", int(attributes["VisibilityTimeout"]), queue.visibility_s, " s"),
        *unless("retention", int(attributes["MessageRetentionPeriod"]), queue.retention_s, " s"),
        *_redrive_problems(queue, attributes.get("RedrivePolicy"), dead_letters),
    ]


def dead_letter_problems(attributes: Mapping[str, str]) -> list[str]:
    """Compare `GetQueueAttributes` of a dead-letter queue, which should be empty."""
    found = sum(int(attributes[depth]) for depth in DEPTHS.values())
    return [
        *unless("retention", int(attributes["MessageRetentionPeriod"]), DEAD_LETTER_RETENTION_S, " s"),
        *([f"{found} dead letters"] if found else []),
    ]


def table_problems(table: Table, key_schema: Sequence[Mapping[str, Any]]) -> list[str]:
    """Compare the `KeySchema` of `DescribeTable`."""
    found = {key["KeyType"]: key["AttributeName"] for key in key_schema}
    return [
        *unless("partition key", found.get("HASH"), table.partition_key),
        *unless("sort key", found.get("RANGE"), table.sort_key),
    ]


def expiry_problems(table: Table, description: Mapping[str, Any]) -> list[str]:
    """Compare the `TimeToLiveDescription` of `DescribeTimeToLive`."""
    on = description.get("TimeToLiveStatus") in {"ENABLED", "ENABLING"}
    return unless("TTL attribute", description.get("AttributeName") if on else None, table.ttl)


def notification_problems(
    wanted: Notification, configurations: Sequence[Mapping[str, Any]], *, queue: str
) -> list[str]:
    """Look for a notification in `QueueConfigurations`; `queue` is the queue's name in the account."""
    to_queue = [each for each in configurations if _ends_in(each["QueueArn"], queue)]
    if any(set(wanted.events) <= set(each["Events"]) and wanted.prefix == _prefix(each) for each in to_queue):
        return []
    return [f"no notification of {', '.join(wanted.events)} under {wanted.prefix} to {queue}"]


def public_access_problems(configuration: Mapping[str, bool]) -> list[str]:
    """Compare `PublicAccessBlockConfiguration`, all of which should be on."""
    return [f"{name} is off" for name in PUBLIC_ACCESS_BLOCKS if not configuration.get(name)]


def service_problems(service: Mapping[str, Any]) -> list[str]:
    """Check a service of `DescribeServices`: all desired tasks run, and the last deployment succeeded."""
    running, desired = service["runningCount"], service["desiredCount"]
    rolled_back = any(each.get("rolloutState") == "FAILED" for each in service.get("deployments", []))
    return [
        *(["the last deployment failed"] if rolled_back else []),
        *([f"{running} of {desired} tasks run"] if running < desired else []),
    ]


def _redrive_problems(queue: Queue, policy: str | None, dead_letters: str) -> list[str]:
    if policy is None:
        return ["no redrive policy"]
    redrive = json.loads(policy)
    problems = unless("max receives", int(redrive["maxReceiveCount"]), queue.max_receives)
    if not _ends_in(redrive["deadLetterTargetArn"], dead_letters):
        problems.append(f"redrives to {redrive['deadLetterTargetArn']}, not to {dead_letters}")
    return problems


def _prefix(configuration: Mapping[str, Any]) -> str:
    rules = configuration.get("Filter", {}).get("Key", {}).get("FilterRules", [])
    return next((rule["Value"] for rule in rules if rule["Name"].lower() == "prefix"), "")  # AWS: `Prefix`


def _ends_in(arn: str, name: str) -> bool:
    return arn.rsplit(":", 1)[-1] == name


def unless(what: str, found: object, wanted: object, unit: str = "") -> list[str]:
    """Say what is not as wanted; nothing if it is."""
    return [] if found == wanted else [f"{what} is {found}{unit}, not {wanted}{unit}"]
