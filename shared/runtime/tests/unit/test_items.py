"""What is asked of DynamoDB for single items, and what its answers mean."""

import asyncio
from collections.abc import Sequence
from threading import get_ident
from typing import TYPE_CHECKING, Any, cast

import pytest
from botocore.exceptions import ClientError

from fondly.runtime.runs.items import adding, conditionally, delete_item, items_with, key, transacted
from tests.support.dynamodb import OnePage

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.client import DynamoDBClient


class Asked:
    """A client that keeps what it is asked, and always answers the same."""

    def __init__(self, **reply: Any) -> None:  # noqa: ANN401 - as DynamoDB's client
        self.requests: list[dict[str, Any]] = []
        self._reply = reply

    async def delete_item(self, **request: Any) -> dict[str, Any]:  # noqa: ANN401 - as DynamoDB's client
        """Answer."""
        self.requests.append(request)
        return self._reply

    def get_paginator(self, _: str) -> OnePage:
        """Answer with one page."""
        return OnePage(self.delete_item)


async def failing(code: str, reasons: Sequence[str] = ()) -> None:
    """Fail as a call does."""
    told: Any = {"Error": {"Code": code}, "CancellationReasons": [{"Code": each} for each in reasons]}
    raise ClientError(told, "Write")


async def succeeding() -> None:
    """Succeed."""


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """For how long, in seconds, conflicts are waited for; servers in other threads sleep as ever."""
    found, ours, slept = list[float](), get_ident(), asyncio.sleep

    async def sleep(seconds: float) -> None:
        if get_ident() == ours:
            found.append(seconds)
        else:
            await slept(seconds)

    monkeypatch.setattr("fondly.runtime.runs.items.asyncio.sleep", sleep)
    return found


async def test_a_condition_that_fails_is_an_answer_and_other_errors_are_errors() -> None:
    """Only the condition's own failure says that somebody else was there first."""
    assert await conditionally(succeeding())
    assert not await conditionally(failing("ConditionalCheckFailedException"))
    with pytest.raises(ClientError):
        await conditionally(failing("ThrottlingException"))


async def test_a_transaction_says_which_of_its_conditions_failed(waits: list[float]) -> None:
    """Nothing is waited for then."""
    assert await transacted(succeeding()) is None
    cancelled = failing("TransactionCanceledException", ["None", "ConditionalCheckFailed"])
    assert await transacted(cancelled) == [False, True]
    assert waits == []


@pytest.mark.parametrize("code", ["TransactionCanceledException", "InternalServerError", "InternalError"])
async def test_a_conflict_of_transactions_is_waited_for(waits: list[float], code: str) -> None:
    """No condition failed: another touched the same items; each waits for a time of its own."""
    assert await transacted(failing(code, ["None", "TransactionConflict"])) == [False, False]
    assert await transacted(failing(code)) == []
    assert [0.025 <= wait <= 0.075 for wait in waits] == [True, True]


async def test_another_error_of_a_transaction_is_an_error(waits: list[float]) -> None:
    """It is not repeated as a conflict is."""
    with pytest.raises(ClientError):
        await transacted(failing("ValidationException"))
    assert waits == []


@pytest.mark.parametrize(("reply", "was_there"), [({"Attributes": {"item": {"S": "x"}}}, True), ({}, False)])
async def test_a_deletion_says_whether_there_was_something(reply: dict[str, Any], *, was_there: bool) -> None:
    """By what the item was."""
    asked = Asked(**reply)
    assert await delete_item(cast("DynamoDBClient", asked), "runs", key("r", "x")) is was_there
    assert asked.requests == [{"TableName": "runs", "Key": key("r", "x"), "ReturnValues": "ALL_OLD"}]


async def test_items_of_a_run_are_asked_for_by_the_beginning_of_their_names() -> None:
    """As last written unless said otherwise, and whole unless only some attributes are wanted."""
    asked = Asked(Items=[{"n": {"N": "1"}}])
    client = cast("DynamoDBClient", asked)
    assert [item async for item in items_with(client, "runs", "r", "report#")] == [{"n": 1}]
    read = items_with(client, "runs", "r", "report#", consistent=False, only=["n", "units"])
    assert len([item async for item in read]) == 1
    wanted = {
        "TableName": "runs",
        "KeyConditionExpression": "run_id = :run AND begins_with(#item, :prefix)",
        "ExpressionAttributeNames": {"#item": "item"},
        "ExpressionAttributeValues": {":run": {"S": "r"}, ":prefix": {"S": "report#"}},
    }
    assert asked.requests == [
        wanted | {"ConsistentRead": True},
        wanted | {"ConsistentRead": False, "ProjectionExpression": "n, units"},
    ]


def test_what_is_added_in_a_transaction_may_set_when_it_expires() -> None:
    """Each number or set under a name of its own."""
    assert adding("runs", key("r"), {"sent": 2, "parts": {1}}, {"expires_at": 9}) == {
        "Update": {
            "TableName": "runs",
            "Key": key("r"),
            "UpdateExpression": "ADD #0 :0, #1 :1 SET expires_at = :expires_at",
            "ExpressionAttributeNames": {"#0": "sent", "#1": "parts"},
            "ExpressionAttributeValues": {":0": {"N": "2"}, ":1": {"NS": ["1"]}, ":expires_at": {"N": "9"}},
        }
    }
