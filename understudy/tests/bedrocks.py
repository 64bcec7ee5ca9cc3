"""What tests of Bedrock share: a server with Bedrock alone, clients of it, and requests."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from understudy.bedrock import BedrockOptions, create_service
from understudy.testing import UnderstudyServer

if TYPE_CHECKING:
    from collections.abc import Callable

    from types_boto3_bedrock_runtime import BedrockRuntimeClient
HAIKU = "anthropic.claude-haiku-4-5-20251001-v1:0"
OPUS = "anthropic.claude-opus-4-7"
SONNET = "anthropic.claude-sonnet-5-5"
NEWEST_HAIKU = "global.anthropic.claude-haiku-5-5"
"""Haiku 5.5 has no id of its own to be called by, and thinks unless told not to."""
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


@contextmanager
def runtime(**options: Any) -> Iterator["BedrockRuntimeClient"]:  # noqa: ANN401 - any option
    """Serve Bedrock with these options and yield a client that does not retry."""
    with UnderstudyServer([create_service(BedrockOptions(**options))]) as server:
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


def tool_config(schema: object = SCHEMA, **choice: Any) -> dict[str, Any]:  # noqa: ANN401 - a choice
    """Return a `toolConfig` with one tool, `write`."""
    specification = {"name": "write", "inputSchema": {"json": schema}}
    return {"tools": [{"toolSpec": specification}], **({"toolChoice": choice} if choice else {})}


def thinking(kind: object = "disabled", **members: Any) -> dict[str, Any]:  # noqa: ANN401 - any member
    """Return `additionalModelRequestFields` that say how to think."""
    return {"thinking": {"type": kind, **members}}


def refused(call: "Callable[..., Any]", *args: Any, **params: Any) -> tuple[str, int, str]:  # noqa: ANN401 - any parameter
    """Return the code, the HTTP status and the message of the error that a call gets."""
    with pytest.raises(ClientError) as raised:
        call(*args, **params)
    response = raised.value.response
    error = response["Error"]
    return error["Code"], response["ResponseMetadata"]["HTTPStatusCode"], error["Message"]
