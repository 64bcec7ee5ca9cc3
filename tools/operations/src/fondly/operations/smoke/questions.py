"""The open questions about AWS. None costs anything: the run has paid for what they look at."""

import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from fondly.contracts.clock import utc_now
from fondly.mailer.adapters.bedrock_capabilities import capabilities_of
from fondly.operations.cleanup.clean import why
from fondly.operations.cleanup.personalize_steps import own_groups
from fondly.operations.cleanup.scope import Scope
from fondly.operations.smoke.state import Outcome, Verdict
from fondly.recommender.adapters.personalize.plan import filter_name
from fondly.recommender.domain.personalize.datasets import DIGEST_CHARS, ITEMS
from fondly.runtime.errors import error_code

RECOMMENDER = "services/recommender/src/fondly/recommender"
MODELS = "services/mailer/src/fondly/mailer/adapters/bedrock_models.toml"
KEYS = "infra/modules/keys/main.tf: take aws:SourceAccount from the statement for services"
LOOK_BACK = timedelta(days=14)
PERIOD_S = 3_600
WRITTEN = "bedrock.output_tokens."
TOLERANCE = Decimal("0.5")
Found = tuple[Outcome, str, str]


class Asked(NamedTuple):
    """What questions look at: an environment, and the units that its run has paid for since it began."""

    scope: Scope
    units: Mapping[str, Decimal]
    since: datetime


async def _item_name(asked: Asked) -> Found:
    client: Any = asked.scope.personalize
    schema = json.loads(ITEMS.avro)
    schema["fields"].append({"name": "NAME", "type": "string", "itemName": True})
    name = f"{asked.scope.environment.name}-items-{'0' * DIGEST_CHARS}"
    try:
        await client.create_schema(name=name, schema=json.dumps(schema))
    except ClientError as error:
        if error_code(error) == "InvalidInputException":
            return Outcome.NO, why(error), ""
        if error_code(error) != "ResourceAlreadyExistsException":  # of a smoke test that was killed here
            raise
    async for page in client.get_paginator("list_schemas").paginate():
        for each in page["schemas"]:
            if each["name"] == name:
                await client.delete_schema(schemaArn=each["schemaArn"])
    return Outcome.YES, "it is taken", f"{RECOMMENDER}/domain/personalize/schemas.yaml may name products"


async def _filter(asked: Asked) -> Found:
    for group in await own_groups(asked.scope):
        listed = await asked.scope.personalize.list_filters(datasetGroupArn=group["datasetGroupArn"])
        for each in listed["Filters"]:
            if each["name"] == filter_name(group["name"]):
                if each["status"] == "ACTIVE":
                    return Outcome.YES, "it is active", ""
                change = f"{RECOMMENDER}/adapters/personalize/plan.py: OFFERED"
                return Outcome.NO, f"{each['status']}: {each.get('failureReason')}", change
    return Outcome.NOT_ASKED, "the run made no filter", ""


async def _event_bridge(asked: Asked, *, encrypted: bool) -> Found:
    """Look at the rule that lets the sender look at deliveries: it must get through, or never fail."""
    environment, since = asked.scope.environment, utc_now() - LOOK_BACK
    url = await environment.queue_url("sender")
    queue = await environment.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
    if encrypted and "KmsMasterKeyId" not in queue["Attributes"]:
        return Outcome.NOT_ASKED, "the queue has no key of KMS", ""
    invoked, failed = [
        await _metric(asked, f"AWS/Events {name}", since, RuleName=environment.named("deliveries"))
        for name in ("Invocations", "FailedInvocations")
    ]
    if not invoked:
        return Outcome.NOT_ASKED, "the rule has not fired: with a transport it does every 6 hours", ""
    fine = (failed or 0) < invoked if encrypted else not failed
    seen = f"{failed or 0} of {invoked} invocations failed"
    return (Outcome.YES, seen, "") if fine else (Outcome.NO, seen, KEYS)


async def _burn_down(asked: Asked) -> Found:
    """Compare AWS's count of the quota with the run's tokens.

    Source: Amazon Bedrock User Guide, "Monitor bedrock-runtime inference using CloudWatch metrics", November
    2026.
    """
    model = next((unit.removeprefix(WRITTEN) for unit in asked.units if unit.startswith(WRITTEN)), "")
    used = model and await _metric(asked, "AWS/Bedrock EstimatedTPMQuotaUsage", asked.since, ModelId=model)
    if not used:
        return Outcome.NOT_ASKED, "CloudWatch has no EstimatedTPMQuotaUsage", ""
    kinds = ("input_tokens", "cache_write_tokens")
    read = sum(asked.units.get(f"bedrock.{kind}.{model}", 0) for kind in kinds)
    measured, ours = (used - read) / asked.units[f"{WRITTEN}{model}"], capabilities_of(model).burn_down
    seen = f"{measured:.1f}, and {ours} in our table"
    if abs(measured - ours) <= TOLERANCE:
        return Outcome.YES, seen, ""
    return Outcome.NO, seen, f"{MODELS}: burn_down = {round(measured)}"


async def _metric(asked: Asked, name: str, since: datetime, **dimensions: str) -> Decimal | None:
    """Return a metric's sum; None if CloudWatch has no value."""
    namespace, _, metric = name.partition(" ")
    reply = await asked.scope.environment.cloudwatch.get_metric_statistics(
        Namespace=namespace,
        MetricName=metric,
        Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
        StartTime=since,
        EndTime=utc_now(),
        Period=PERIOD_S,
        Statistics=["Sum"],
    )
    return sum((Decimal(str(each["Sum"])) for each in reply["Datapoints"]), Decimal(0)) or None


QUESTIONS: Mapping[str, Callable[[Asked], Awaitable[Found]]] = {
    "Does Personalize take itemName in a schema of items?": _item_name,
    "Does Personalize take the filter of rankings?": _filter,
    "Does EventBridge reach a queue that KMS encrypts?": partial(_event_bridge, encrypted=True),
    "Are there no FailedInvocations of EventBridge?": partial(_event_bridge, encrypted=False),
    "Is the model's burn-down as in our table?": _burn_down,
}


async def verdict(question: str, asked: Asked) -> Verdict:
    """Ask a question; an error says why it could not be asked."""
    try:
        outcome, seen, change = await QUESTIONS[question](asked)
    except (BotoCoreError, ClientError) as error:
        return Verdict(question=question, seen=why(error))
    return Verdict(question=question, outcome=outcome, seen=seen, change=change)
