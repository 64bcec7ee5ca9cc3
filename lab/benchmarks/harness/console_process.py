"""A console in a process of its own: `python -m harness.console_process ENVIRONMENT PORT`.

Everybody is somebody with all roles. `/usage` says what it has asked of AWS since it was asked last: calls by
operation, and read units by the sizes of what DynamoDB has read.
"""

import asyncio
import sys
from collections import Counter
from collections.abc import Mapping
from typing import Any

from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from fondly.console.app import Console, console_app
from fondly.console.roles import Person, Role, allowed
from fondly.operations.environment import Environment, open_environment
from fondly.operations.target import Target, load_topology
from fondly.runtime.dynamodb_types import READ_UNIT_BYTES
from fondly.runtime.web.measures import Measures
from fondly.runtime.web.server import Listening, WebApp, serve_app
from fondly.stack.embedded import REGION
from tests.support.item_size import item_bytes

UNITS, CONSISTENT = "read units", "fondly_consistent"
SOMEBODY = Person.of("Benchmark", list(Role))


class Asked:
    """Counts calls and read units.

    Source of the units: "DynamoDB read and write operations", Amazon DynamoDB Developer Guide, 2026: a query
    rounds up what it has read in all, other reads each item; without consistency, half of it counts.
    """

    def __init__(self, environment: Environment) -> None:
        self.counts = Counter[str]()
        for client in (environment.dynamodb, environment.s3, environment.sqs, environment.cloudwatch):
            client.meta.events.register("before-parameter-build", self._before)
            client.meta.events.register("after-call", self._after)

    def _before(self, params: Mapping[str, Any], context: dict[str, Any], **_: object) -> None:
        asked = [params, *params.get("RequestItems", {}).values()]
        context[CONSISTENT] = any("ConsistentRead" in each and each["ConsistentRead"] for each in asked)

    def _after(self, parsed: Mapping[str, Any], model: Any, context: Mapping[str, Any], **_: object) -> None:  # noqa: ANN401 - of botocore
        service = model.service_model.service_name
        self.counts[f"{service}.{model.name}"] += 1
        if service == "dynamodb":
            share = 1.0 if context.get(CONSISTENT) else 0.5
            self.counts[UNITS] += share * _units(model.name, parsed)  # type: ignore[assignment] # halves

    async def usage(self, _: Request) -> JSONResponse:
        """Tell the counts, and begin anew."""
        told, self.counts = dict(self.counts), Counter()
        return JSONResponse(told)


def _units(operation: str, parsed: Mapping[str, Any]) -> int:
    if operation in {"Query", "Scan"}:
        read, found = sum(map(item_bytes, parsed["Items"])), len(parsed["Items"])
        scanned = parsed.get("ScannedCount", found)
        return _blocks(read * scanned // found if found else 100 * scanned)
    if operation == "GetItem":
        return _blocks(item_bytes(parsed.get("Item", {})))
    tables = parsed.get("Responses", {}) if operation == "BatchGetItem" else {}
    return sum(_blocks(item_bytes(item)) for items in tables.values() for item in items)


def _blocks(size: int) -> int:
    return max(1, -(-size // READ_UNIT_BYTES))


async def main(name: str, port: int) -> None:
    """Serve until the process ends."""

    async def identify(_: HTTPConnection) -> Person | None:
        return SOMEBODY

    async with open_environment(Target(name, REGION), load_topology(None)) as environment:
        console = Console(environment, identify, hosts=frozenset())
        usage = Route("/usage", allowed(Role.VIEWER)(Asked(environment).usage))
        app = WebApp(console_app(console, [usage]), Measures())
        await serve_app(app, Listening("127.0.0.1", port, 0.0, 1.0), stop=asyncio.Event())


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
