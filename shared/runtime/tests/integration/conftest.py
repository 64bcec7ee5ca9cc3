"""A runs table that is an emulator's or in memory: tests of the ledger hold the double to its original."""

from typing import TYPE_CHECKING, NamedTuple, cast

import pytest

from encore.stack.provision import Resources
from tests.support.dynamodb import InMemoryDynamoDB
from tests.support.stores import Clients

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.client import DynamoDBClient


class RunsTable(NamedTuple):
    """A client, and the name of its runs table."""

    dynamodb: "DynamoDBClient"
    name: str


@pytest.fixture(params=["emulator", "in memory"])
def runs_table(request: pytest.FixtureRequest, clients: Clients, resources: Resources) -> RunsTable:
    """An empty runs table."""
    if request.param == "emulator":
        return RunsTable(clients.dynamodb, resources.tables["runs"])
    return RunsTable(cast("DynamoDBClient", InMemoryDynamoDB()), "runs")
