"""The answers in memory keep the same contract as DynamoDB's."""

import asyncio
from collections.abc import Callable
from threading import Lock
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.dynamodb.models import DynamoDBBackend

from fondly.runtime.kept_answers import LOCK_S, Answer, DynamoDBKeptAnswers, KeptAnswers
from fondly.runtime.storage import DynamoDBItems
from fondly.stack.provision import Resources
from tests.support.kept_answers import InMemoryKeptAnswers
from tests.support.stores import Clients, Emulated

KEYS = [f"{number:064x}" for number in range(30)]


Kept = tuple[KeptAnswers, Callable[[float], None]]


@pytest.fixture(autouse=True)
def one_transaction_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """When one fails, moto restores the whole table, and with it what others have written meanwhile."""
    transact, lock = DynamoDBBackend.transact_write_items, Lock()

    def alone(backend: DynamoDBBackend, items: list[dict[str, Any]]) -> None:
        with lock:
            transact(backend, items)

    monkeypatch.setattr(DynamoDBBackend, "transact_write_items", alone)


@pytest.fixture
def kept(emulated: Emulated | None) -> Kept:
    """Answers, and a function that lets seconds pass."""
    if emulated is None:
        memory = InMemoryKeptAnswers()

        def pass_time(seconds: float) -> None:
            memory.now += seconds

        return memory, pass_time
    now = [1_700_000_000.0]
    dynamodb, table = emulated.clients.dynamodb, emulated.resources.tables["answers"]
    stored = DynamoDBKeptAnswers(dynamodb, table, DynamoDBItems(dynamodb, table), clock=lambda: now[0])

    def let_pass(seconds: float) -> None:
        now[0] += seconds

    return stored, let_pass


async def test_answers_are_found_by_key(kept: Kept) -> None:
    """Locks alone are no answers."""
    answers, _ = kept
    await answers.lock(KEYS[:2], payer="a")
    await answers.keep({KEYS[0]: '"x"'}, payer="a")
    assert await answers.find(KEYS) == {KEYS[0]: Answer('"x"', "a")}


async def test_a_key_may_be_looked_for_twice_at_once(kept: Kept) -> None:
    """Several parts wait for one answer and look together; DynamoDB refuses a request that repeats a key."""
    answers, _ = kept
    await answers.keep({KEYS[0]: '"x"'}, payer="a")
    assert await answers.find([KEYS[0], KEYS[1], KEYS[0], KEYS[1]]) == {KEYS[0]: Answer('"x"', "a")}


async def test_a_key_is_locked_by_one_payer(kept: Kept) -> None:
    """Another gets what is left; the same payer, after a crash, gets its own again."""
    answers, _ = kept
    assert await answers.lock(KEYS[:20], payer="a") == set(KEYS[:20])
    assert await answers.lock(KEYS[10:], payer="b") == set(KEYS[20:])
    assert await answers.lock(KEYS[:20], payer="a") == set(KEYS[:20])


async def test_what_is_answered_cannot_be_locked(kept: Kept) -> None:
    """Not even by its payer, nor when its lock has lapsed."""
    answers, pass_time = kept
    await answers.lock(KEYS[:1], payer="a")
    await answers.keep({KEYS[0]: '"x"'}, payer="a")
    pass_time(LOCK_S + 1)
    assert await answers.lock(KEYS[:1], payer="a") == set()
    assert await answers.lock(KEYS[:1], payer="b") == set()


async def test_a_lock_lapses(kept: Kept) -> None:
    """Whoever made it has died."""
    answers, pass_time = kept
    await answers.lock(KEYS[:1], payer="a")
    pass_time(LOCK_S - 2)
    assert await answers.lock(KEYS[:1], payer="b") == set()
    pass_time(4)
    assert await answers.lock(KEYS[:1], payer="b") == set(KEYS[:1])


async def test_simultaneous_locks_are_divided(kept: Kept) -> None:
    """Each key goes to one of them at most."""
    answers, _ = kept
    locked = await asyncio.gather(*(answers.lock(KEYS[:10], payer=f"payer-{n}") for n in range(4)))
    assert sum(map(len, locked)) == len(set().union(*locked)) <= 10


@pytest.mark.parametrize("is_done", [False, True], ids=["before it was done", "after it was done"])
async def test_a_lock_is_tried_again_when_dynamodb_fails(
    clients: Clients,
    resources: Resources,
    monkeypatch: pytest.MonkeyPatch,
    is_done: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    """Whether the transaction took place or only its answer was lost: the payer owns what it locked."""
    transact, failures = clients.dynamodb.transact_write_items, [True]

    async def failing(**request: object) -> object:
        if failures:
            failures.pop()
            if is_done:
                await transact(**request)  # type: ignore[arg-type]
            raise ClientError({"Error": {"Code": "InternalServerError"}}, "TransactWriteItems")
        return await transact(**request)  # type: ignore[arg-type]

    monkeypatch.setattr(clients.dynamodb, "transact_write_items", failing)
    table = resources.tables["answers"]
    answers = DynamoDBKeptAnswers(clients.dynamodb, table, DynamoDBItems(clients.dynamodb, table))
    assert await answers.lock(KEYS[:1], payer="a") == set(KEYS[:1])
    assert not failures
