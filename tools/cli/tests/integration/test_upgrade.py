"""`fondly upgrade`: what an earlier release has left, one that dies at every write, a later release."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from fondly.contracts import object_keys
from fondly.contracts.delivery import Dispatch, Outcome
from fondly.contracts.records import Customer
from fondly.operations.customers.keys import by_address
from fondly.operations.emails.index import facets
from fondly.operations.environment import Environment, open_environment
from fondly.operations.target import target
from fondly.operations.topology import load_topology
from fondly.operations.upgrading.upgrade import STEPS, needed, upgrade
from fondly.operations.verification.check import Outcome as Result
from fondly.runtime.runs.delivery import DeliveryStatus
from fondly.runtime.runs.items import key
from fondly.runtime.runs.release import RELEASE, OlderReleaseError, Upgrade, last_upgrade, note_upgrade
from fondly.runtime.runs.run import StageName
from fondly.runtime.storage import items_of, to_item
from tests.support.runs import RUN, a_report
from tools.cli.tests.delivering import CUSTOMERS, MADE_AT, FinishedRun
from tools.cli.tests.integration.test_email import a_recommendation

if TYPE_CHECKING:
    from fondly.stack.provision import Resources
    from tools.cli.tests.conftest import Fondly

EVERYBODY = [each for part in CUSTOMERS.values() for each in part]
WRITES = {"PutItem", "UpdateItem", "TransactWriteItems", "BatchWriteItem", "PutObject"}


class KilledError(BaseException):
    """A process is gone; nothing catches it."""


@asynccontextmanager
async def opened(name: str) -> AsyncIterator[Environment]:
    """Open an environment, as commands do."""
    with target(name, None) as chosen:
        async with open_environment(chosen, load_topology()) as environment:
            yield environment


@pytest.fixture
def left(resources: "Resources", environment: str) -> str:
    """The environment as a release before 0.2.0 leaves it, with a delivered run; return its name."""
    FinishedRun(resources).make(delivery=DeliveryStatus.DONE)
    asyncio.run(_as_before(environment))
    return environment


async def _as_before(name: str) -> None:
    async with opened(name) as environment:
        runs, objects = await environment.table("runs"), await environment.objects()
        async for item in items_of(environment.dynamodb, "scan", runs):
            if item["run_id"].startswith("runs#"):
                place = key(item["run_id"], item["item"])
                await environment.dynamodb.delete_item(TableName=runs, Key=place)
        for part, customers in CUSTOMERS.items():
            await objects.put_lines(object_keys.recommendations(RUN, part), map(a_recommendation, customers))
            report = a_report(StageName.SENDER, part, emails_sent=len(customers))
            item = {"run_id": RUN, "item": f"report#sender#part-{part:05}", **report.model_dump(mode="json")}
            await environment.dynamodb.put_item(TableName=runs, Item=to_item(item))
        sent = [_sent(each) for each in EVERYBODY]
        await (await environment.items("dispatches")).put_all(
            [each.model_dump(mode="json", exclude_none=True) for each in sent]
        )
        people = [Customer(customer_id=each, email=f"{each}@customers.example") for each in EVERYBODY]
        await (await environment.items("customers")).put_all(
            [each.model_dump(mode="json", exclude_none=True) for each in people]
        )


def _sent(customer_id: str) -> Dispatch:
    bounced = {"bounced": "hard", "bounced_at": MADE_AT} if customer_id == EVERYBODY[0] else {}
    return Dispatch(
        run_id=RUN, customer_id=customer_id, outcome=Outcome.SENT, transport="smtp", at=MADE_AT, **bounced
    )


def _dying_at(environment: Environment, write: int) -> None:
    """Have this process die before a write, the first being 1, and at each after it."""
    left = [write]

    def before(model: Any, **_: object) -> None:  # noqa: ANN401 - as botocore calls it
        left[0] -= model.name in WRITES
        if left[0] <= 0 and model.name in WRITES:
            raise KilledError

    for client in (environment.dynamodb, environment.s3):
        client.meta.events.register("before-call", before)


async def _killed_at(name: str, write: int) -> bool:
    """Upgrade, and die before a write; return whether it came so far."""
    async with opened(name) as environment:
        _dying_at(environment, write)
        try:
            await upgrade(environment, by="jo", tell=lambda _: None)
        except KilledError:
            return True
    return False


def test_an_upgrade_that_dies_anywhere_is_run_again(left: str) -> None:
    """At its first write, then at its second, and so on: everything is counted once, and found."""

    async def until_it_lives() -> None:
        write = 3  # the first two only note that somebody begins
        while await _killed_at(left, write):
            write += 1
        async with opened(left) as environment:
            assert {each.outcome for each in await needed(environment)} == {Result.OK}
            await _require_all(environment)

    asyncio.run(until_it_lives())


async def _require_all(environment: Environment) -> None:
    ledger = await environment.ledger()
    assert [run.run_id for run in (await ledger.recent()).runs] == [RUN]
    tally = await (await environment.deliveries()).tally(RUN)
    assert (tally.outcomes, tally.bounced) == ({Outcome.SENT: len(EVERYBODY)}, {"hard": 1})
    summed = [each for each in await ledger.summed(RUN) if each.stage is StageName.SENDER]
    assert sum(each.counts["emails_sent"] for each in summed) == len(EVERYBODY)
    assert (await facets(environment, RUN)).parts == {part: len(each) for part, each in CUSTOMERS.items()}
    for each in EVERYBODY:
        assert await by_address(environment, f"{each}@customers.example") == [each]


def test_a_check_says_what_is_left_and_changes_nothing(
    left: str, fondly: "Fondly", monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Of records, and of the settings of this folder; it exits with 1 as long as there is anything."""
    monkeypatch.chdir(tmp_path)
    Path(".env").write_text("FONDLY_MAILER_MAX_TOKENS=100\nFONDLY_INGEST_REQUIRE_CONSENT=\n", "utf-8")
    found = fondly("upgrade", "--check", "--json")
    wrong = {each["check"]: each["detail"] for each in found.json["checks"] if each["outcome"] == "failed"}
    assert found.code == 1
    assert [*wrong] == ["settings here", *(step.name for step in STEPS)]
    assert wrong["settings here"].startswith("FONDLY_MAILER_MAX_TOKENS was removed in 0.2.0: ")
    assert wrong["tallies"] == "6 emails that no tally counts"
    Path(".env").unlink()
    done = fondly("upgrade", "--by", "jo")
    assert done.code == 0, done.err
    assert "emails: 5 brought up to date\n" in done.err
    assert fondly("upgrade", "--check").code == 0
    assert json.loads(fondly("audit", "--json").out)[0]["details"] == {"to": RELEASE}
    assert left


def test_what_a_later_release_has_upgraded_is_left_alone(left: str, fondly: "Fondly") -> None:
    """A downgrade is refused in a sentence, and nothing is written; a patch of this release is none."""

    async def upgraded_to(release: str) -> Upgrade | None:
        async with opened(left) as environment:
            runs = await environment.table("runs")
            await note_upgrade(environment.dynamodb, runs, Upgrade(release=release))
            return await last_upgrade(environment.dynamodb, runs)

    major, minor, *_ = RELEASE.split(".")
    assert asyncio.run(upgraded_to(f"{major}.{minor}.99"))
    with pytest.raises(OlderReleaseError):
        asyncio.run(upgraded_to("9.1.0"))
    with pytest.raises(OlderReleaseError):
        asyncio.run(upgraded_to(RELEASE))
    refused = fondly("upgrade")
    assert refused.code == 1
    assert refused.err == (
        f"this is fondly {RELEASE}, and {left} was upgraded to 9.1.0: deploy that, or a later one\n"
    )
