"""What tests of Bedrock share: a server with Bedrock alone, clients of it, and requests."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from aiobotocore.session import get_session
from botocore.config import Config
from botocore.exceptions import ClientError

from understudy.bedrock import BedrockOptions, create_services
from understudy.bedrock.models import CURRENT_MODEL_IDS
from understudy.testing import ACCOUNT_ID, UnderstudyServer

if TYPE_CHECKING:
    from collections.abc import Callable

    from types_boto3_bedrock_runtime import BedrockRuntimeClient

    from understudy.wire.service import Service

HAIKU = "anthropic.claude-haiku-4-5-20251001-v1:0"
OPUS = "anthropic.claude-opus-4-7"
SONNET = "anthropic.claude-sonnet-5-5"
NOVA = "amazon.nova-lite-v1:0"
LLAMA = "meta.llama3-1-8b-instruct-v1:0"
REGION = "eu-west-1"
ACCOUNT: dict[str, Any] = {
    "region_name": REGION,
    "aws_access_key_id": "test",
    "aws_secret_access_key": "test",
}
ONCE = Config(retries={"total_max_attempts": 1})
SCHEMA = {
    "type": "object",
    "properties": {"subject": {"type": "string"}},
    "required": ["subject"],
    "additionalProperties": False,
}


def bedrock_services(
    s3_endpoint_url: str | None = None,
    *,
    state_delay_s: float = 0,
    state_dir: Path | None = None,
    **options: Any,  # noqa: ANN401 - any option
) -> list["Service"]:
    """Return Bedrock and its runtime with these options; their jobs reach S3 at the given address."""
    return create_services(
        BedrockOptions(**options),
        model_ids=CURRENT_MODEL_IDS,
        region=REGION,
        account_id=ACCOUNT_ID,
        s3_client_factory=partial(get_session().create_client, "s3", REGION, endpoint_url=s3_endpoint_url),
        state_delay_s=state_delay_s,
        state_dir=state_dir,
    )


@contextmanager
def runtime(**options: Any) -> Iterator["BedrockRuntimeClient"]:  # noqa: ANN401 - any option
    """Serve Bedrock with these options and yield a client that does not retry."""
    with UnderstudyServer(bedrock_services(**options)) as server:
        yield boto3.client("bedrock-runtime", endpoint_url=server.url, config=ONCE, **ACCOUNT)


def user(text: str = "Hello") -> dict[str, Any]:
    """Return a message of the user in Converse's form."""
    return {"role": "user", "content": [{"text": text}]}


def request(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any parameter
    """Return a request of Converse."""
    return {"modelId": HAIKU, "messages": [user()], **changes}


def output_format(schema: object = SCHEMA) -> dict[str, Any]:
    """Return an `outputConfig` that asks for a schema."""
    definition = {"schema": json.dumps(schema), "name": "email"}
    return {"textFormat": {"type": "json_schema", "structure": {"jsonSchema": definition}}}


def body(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any member
    """Return a body of InvokeModel in the form of Claude's; a change to None takes a member away."""
    members = {
        "anthropic_version": "bedrock-2023-05-31",
        "max_tokens": 500,
        "messages": [{"role": "user", "content": "Hello"}],
        **changes,
    }
    return {name: each for name, each in members.items() if each is not None}


def invoke(
    client: "BedrockRuntimeClient",
    content: Mapping[str, Any] | bytes,
    model_id: str = HAIKU,
    **params: Any,  # noqa: ANN401 - any parameter
) -> dict[str, Any]:
    """Call InvokeModel and return the body of its answer."""
    sent = content if isinstance(content, bytes) else json.dumps(content).encode()
    answer: dict[str, Any] = json.loads(
        client.invoke_model(modelId=model_id, body=sent, **params)["body"].read()
    )
    return answer


def refused(call: "Callable[..., Any]", *args: Any, **params: Any) -> tuple[str, int, str]:  # noqa: ANN401 - any parameter
    """Return the code, the HTTP status and the message of the error that a call gets."""
    with pytest.raises(ClientError) as raised:
        call(*args, **params)
    response = raised.value.response
    error = response["Error"]
    return error["Code"], response["ResponseMetadata"]["HTTPStatusCode"], error["Message"]
