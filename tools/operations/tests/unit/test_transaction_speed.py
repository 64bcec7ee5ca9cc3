from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

import pytest

from fondly.operations import transaction_speed
from fondly.operations.transaction_speed import AT_ONCE, KEPT, SLOW, slow_transactions

EMULATOR = "http://127.0.0.1:4566"
PLAIN_S = 0.1
"""What writing the items without a transaction takes."""


def dynamodb(
    monkeypatch: pytest.MonkeyPatch, *seconds: float, endpoint: str = EMULATOR
) -> tuple[Any, list[int]]:
    """Return a DynamoDB whose transactions take so long, and a list of how many items each had."""
    now, takes, sizes = [0.0], iter(seconds), list[int]()

    def written(*, RequestItems: dict[str, list[Any]]) -> None:  # noqa: N803 - AWS's name
        assert all(len(items) == AT_ONCE for items in RequestItems.values())
        now[0] += PLAIN_S

    def transacted(*, TransactItems: list[Any]) -> None:  # noqa: N803 - AWS's name
        sizes.append(len(TransactItems))
        now[0] += next(takes)

    monkeypatch.setattr(transaction_speed, "perf_counter", lambda: now[0])
    client = MagicMock(meta=SimpleNamespace(endpoint_url=endpoint))
    client.batch_write_item.side_effect = written
    client.transact_write_items.side_effect = transacted
    monkeypatch.setattr("boto3.client", lambda *_, **__: client)
    return client, sizes


def test_slow_transactions_are_told_with_the_figure_and_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the middle one of three, in a table with many items, which is gone afterwards."""
    client, sizes = dynamodb(monkeypatch, 0.1, 9.0, 1.2)
    said = slow_transactions()
    assert said
    assert f"at {EMULATOR} a DynamoDB transaction takes 1.20 s, 12 times as long as its" in said
    assert f"at most {SLOW:.0f} times is expected" in said
    assert "docker-compose.yml" in said
    assert "AWS_ENDPOINT_URL_DYNAMODB" in said
    assert sizes == [AT_ONCE] * 3
    assert client.batch_write_item.call_count * AT_ONCE == KEPT
    made = client.create_table.call_args.kwargs["TableName"]
    client.delete_table.assert_called_once_with(TableName=made)


def test_quick_transactions_are_not_mentioned(monkeypatch: pytest.MonkeyPatch) -> None:
    """One of them may be slow on a busy machine, and all of them may be where plain writes are."""
    dynamodb(monkeypatch, 9.0, PLAIN_S * SLOW - 0.01, 0.01)
    assert slow_transactions() is None


def test_nothing_is_measured_on_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    """No table is made there, and nothing is paid."""
    client, _ = dynamodb(monkeypatch, endpoint="https://dynamodb.eu-west-1.amazonaws.com")
    assert slow_transactions() is None
    assert client.method_calls == []


def test_a_measurement_that_fails_leaves_no_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error is the emulator's own."""
    client, _ = dynamodb(monkeypatch)
    client.transact_write_items.side_effect = OSError("no answer")
    with pytest.raises(OSError, match="no answer"):
        slow_transactions()
    client.delete_table.assert_called_once()
