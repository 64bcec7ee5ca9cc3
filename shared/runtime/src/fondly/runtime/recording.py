"""Keeps what AI services are asked and answer, redacted, for tests to replay: `FONDLY_RECORD_CALLS`."""

import json
import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from fondly.contracts import object_keys
from fondly.runtime.aws import NewClient
from fondly.runtime.logs import get_logger
from fondly.runtime.ports import Objects

FOLDERS = {"bedrock-runtime": "copy", "comprehend": "sentiment", "personalize": "personalize"}
"""The AI services that runs ask, and the folder that the role of the task that asks may write to."""
ACCOUNT = re.compile(r"(?<!\d)\d{12}(?!\d)")
NO_ACCOUNT = "0" * 12
ASKED = "fondly_asked"
log = get_logger()


def recording(new_client: NewClient, objects: Objects) -> NewClient:
    """Return what opens clients whose calls are kept if they ask an AI service."""

    async def opened(service: str, **config: Any) -> Any:  # noqa: ANN401 - clients have no common type
        client = await new_client(service, **config)
        if service in FOLDERS:
            record_calls(client, objects)
        return client

    return opened


def record_calls(client: Any, objects: Objects) -> None:  # noqa: ANN401 - as above
    """Keep what a client of an AI service asks from now on."""
    service, name = client.meta.service_model.service_name, client.meta.service_model.service_id.hyphenize()

    def note(params: Mapping[str, Any], context: dict[str, Any], **_: object) -> None:
        context[ASKED] = dict(params)

    async def keep(parsed: Mapping[str, Any], model: Any, context: dict[str, Any], **_: object) -> None:  # noqa: ANN401 - botocore's
        key, body = recorded(service, model.name, context.get(ASKED, {}), parsed)
        try:
            await objects.put(key, body, content_type="application/json")
        except (BotoCoreError, ClientError) as error:  # the answer has been paid for
            log.warning("call_not_recorded", key=key, error=repr(error))

    client.is_lean = False
    client.meta.events.register(f"before-parameter-build.{name}", note)
    client.meta.events.register(f"after-call.{name}", keep)


def recorded(
    service: str, operation: str, request: Mapping[str, Any], answer: Mapping[str, Any]
) -> tuple[str, bytes]:
    """Return key and content of what is kept of a call: no headers, no account; equal calls are kept once."""
    said = {name: value for name, value in answer.items() if name != "ResponseMetadata"}
    status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode")
    call = {
        "service": service,
        "operation": operation,
        "status": status,
        "request": request,
        "answer": said,
    }
    body = ACCOUNT.sub(NO_ACCOUNT, json.dumps(call, default=str, ensure_ascii=False, indent=1)).encode()
    name = f"{service}.{operation}.{sha256(body).hexdigest()[:16]}"
    return object_keys.recorded_call(FOLDERS[service], name), body
