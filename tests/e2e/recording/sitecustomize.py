"""Records each distinct AWS call of a process in a file in the folder `FONDLY_TEST_CALLS`.

The file has the name of the process, `FONDLY_TEST_PROCESS`, which its own processes inherit.

Python imports this module in every process that has its folder on `PYTHONPATH`, so the services under test
run unchanged.
"""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast


def _record_into(path: Path) -> None:
    from aiobotocore.client import AioBaseClient  # noqa: PLC0415 - only in processes that are recorded

    from fondly.runtime.lean_calls import LeanCalls  # noqa: PLC0415 - as above

    seen: set[str] = set()

    def note(service: str, operation: str, touched: str) -> None:
        line = json.dumps({"service": service, "operation": operation, "touched": touched})
        if line not in seen:
            seen.add(line)
            with path.open("a") as file:
                file.write(line + "\n")

    for base in (AioBaseClient, LeanCalls):
        patched = cast("Any", base)
        patched._make_api_call = _noting(patched._make_api_call, note)


def _noting(call: Callable[..., Any], note: Callable[[str, str, str], None]) -> Callable[..., Any]:
    async def noted(client: Any, operation: str, params: dict[str, Any]) -> Any:  # noqa: ANN401 - as botocore
        service = client.meta.service_model.service_name
        for made, touched in _calls(service, operation, params):
            note(service, made, touched)
        return await call(client, operation, params)

    return noted


def _calls(service: str, operation: str, params: dict[str, Any]) -> list[tuple[str, str]]:
    """The operation with what it touches; of a transaction, those that IAM checks: `PutItem` and its like."""
    if operation != "TransactWriteItems":
        return [(operation, touched) for touched in _touched(service, params)]
    return sorted(
        {
            (f"{kind}Item", each["TableName"])
            for item in params["TransactItems"]
            for kind, each in item.items()
        }
    )


def _touched(service: str, params: dict[str, Any]) -> list[str]:
    """The queue, topic, table or object key that a call touches, by the last part of its name."""
    if service == "s3":
        return [params.get("Key", "")]
    if service == "dynamodb":
        return _tables(params)
    named = params.get("QueueUrl") or params.get("QueueName") or params.get("TopicArn") or ""
    return [named.replace("/", ":").rsplit(":", 1)[-1]]


def _tables(params: dict[str, Any]) -> list[str]:
    """The tables that a call or a batch touches."""
    if "TableName" in params:
        return [params["TableName"]]
    return list(params["RequestItems"])


if folder := os.environ.get("FONDLY_TEST_CALLS"):
    _record_into(Path(folder) / f"{os.environ.get('FONDLY_TEST_PROCESS', sys.orig_argv[-1])}.jsonl")
