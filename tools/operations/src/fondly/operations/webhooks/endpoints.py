"""Who is told: each endpoint is an item in the runs table, and its secret one of AWS Secrets Manager."""

import secrets
from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from fondly.contracts.clock import utc_now
from fondly.operations.audit import noted
from fondly.operations.connect.opening import secret
from fondly.operations.environment import Environment, Ignoring, open_client
from fondly.operations.errors import NotFoundError
from fondly.operations.webhooks.posting import checked_url
from fondly.runtime.runs.items import delete_item, key
from fondly.runtime.storage import to_item

PARTITION = "webhooks"
PREFIX = "whsec_"
"""Of a secret as it is shown (Standard Webhooks 1.0.0, "Signature scheme", read 1 December 2026)."""
SECRET_BYTES = 32


class EventName(StrEnum):
    """What endpoints are told of."""

    RUN_FINISHED = "run.finished"
    """Or failed: its status says it."""
    APPROVAL_ASKED = "approval.asked"
    DELIVERY_DONE = "delivery.done"


class Endpoint(BaseModel):
    """An address that is told of some events of runs."""

    model_config = ConfigDict(frozen=True)
    endpoint: str
    """Its id."""
    url: str
    events: tuple[EventName, ...]
    by: str
    made_at: datetime


class NewEndpoint(Endpoint):
    """An endpoint that was just made: nobody is shown its secret again."""

    secret: str


async def add_webhook(
    environment: Environment,
    *,
    url: Annotated[str, Field(max_length=2_000)],
    events: Annotated[tuple[EventName, ...], Field(min_length=1)] = tuple(EventName),
    by: str,
) -> NewEndpoint:
    """Tell an address of events from now on, and return the secret that proves who tells.

    It is an https address; on a local stack a loopback one may be http. Raises `OperationError` for another.
    """
    shown = f"{PREFIX}{b64encode(secrets.token_bytes(SECRET_BYTES)).decode()}"
    made = NewEndpoint(
        endpoint=secrets.token_hex(4),
        url=checked_url(url, loopback=not environment.on_aws),
        events=tuple(dict.fromkeys(events)),
        by=by,
        made_at=utc_now(),
        secret=shown,
    )
    async with noted(environment, by=by, act="webhook", about=made.endpoint):
        await _secrets(
            environment, "create_secret", Name=_name(environment, made.endpoint), SecretString=shown
        )
        item = to_item(made.model_dump(mode="json", exclude={"secret"}))
        table = await environment.table("runs")
        await environment.dynamodb.put_item(TableName=table, Item=key(PARTITION, made.endpoint) | item)
    return made


async def webhooks(environment: Environment) -> Sequence[Endpoint]:
    """List the addresses that are told of events."""
    items = await (await environment.items("runs")).get_group("run_id", PARTITION)
    return [Endpoint.model_validate(each) for each in items]


async def remove_webhook(environment: Environment, endpoint: str, *, by: str) -> None:
    """Tell an address of nothing any more."""
    async with noted(environment, by=by, act="webhook-off", about=endpoint):
        table = await environment.table("runs")
        if not await delete_item(environment.dynamodb, table, key(PARTITION, endpoint)):
            raise NotFoundError(f"there is no webhook {endpoint}")
        with Ignoring({"ResourceNotFoundException"}):
            name = _name(environment, endpoint)
            await _secrets(environment, "delete_secret", SecretId=name, ForceDeleteWithoutRecovery=True)


async def secret_of(environment: Environment, endpoint: str) -> str:
    """Return an endpoint's secret; raise `OperationError` if there is none any more."""
    return await secret(environment, _name(environment, endpoint))


def _name(environment: Environment, endpoint: str) -> str:
    return f"{environment.name}/webhooks/{endpoint}"


async def _secrets(environment: Environment, call: str, **request: Any) -> None:  # noqa: ANN401 - the call's
    async with open_client("secretsmanager", environment.region) as client:
        await getattr(client, call)(**request)
