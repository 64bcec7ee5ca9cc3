"""Fixtures for tests of adapters: a runs table, on the emulator and in memory, and a span collector."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple, cast

import pytest

from tests.support.collector import Collector, serve_collector
from tests.support.dynamodb import InMemoryDynamoDB
from tests.support.stores import Emulated

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.client import DynamoDBClient


class RunsTable(NamedTuple):
    """A DynamoDB client and the name of its runs table."""

    dynamodb: "DynamoDBClient"
    name: str


@pytest.fixture
def runs_table(emulated: Emulated | None) -> RunsTable:
    """An empty runs table."""
    if emulated is None:
        return RunsTable(cast("DynamoDBClient", InMemoryDynamoDB()), "runs")
    return RunsTable(emulated.clients.dynamodb, emulated.resources.tables["runs"])


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    """A collector that OpenTelemetry's own variables point to."""
    with serve_collector() as served:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", served.url)
        yield served
