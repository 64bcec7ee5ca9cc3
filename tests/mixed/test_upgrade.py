"""From the release before to this one in the middle of things: `make mixed` has the former's services."""

import asyncio
import json
import subprocess
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path

import pytest
import yaml

from fondly.contracts.counts import Counted
from fondly.contracts.delivery import Outcome
from fondly.evaluation.sample import write_sample
from fondly.operations.emails.index import facets
from fondly.operations.local_stack import ENVIRONMENT, exported
from fondly.operations.topology import SERVICES
from fondly.runtime.runs.delivery import DeliveryStatus
from fondly.runtime.runs.release import Upgrade, note_upgrade
from fondly.runtime.runs.run import StageName
from fondly.runtime.runs.totals import total
from fondly.stack.embedded import REGION, EmbeddedStack, embedded_stack
from fondly.stack.observer import Observer
from fondly.stack.provision import provision
from tests.chaos.fleet import BASELINE, HERE
from tests.chaos.topology import topology_with
from tests.mixed.running import SETTINGS, approve, made, start, uploaded
from tests.support.deliveries import arrived, delivery_of
from tests.support.pipeline import Pipeline

pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.skipif(BASELINE == HERE, reason="no release before: run `make mixed`"),
]
CUSTOMERS, PRODUCTS = 120, 40
SLOWLY = {
    "FONDLY_INGEST_PART_REVIEWS": "20",
    "FONDLY_SENDER_PER_S": "20",
    "FONDLY_CONCURRENCY": "1",
    "FONDLY_SENDER_RETRY_S": "1",
}
"""So that there is a middle in which tasks can be killed, and little to wait for afterwards."""
TASKS = (*SERVICES, "sender.feedback")
FONDLY = (HERE, "-m", "fondly.cli")
OPENED = (DeliveryStatus.HELD, DeliveryStatus.APPROVED, DeliveryStatus.DONE)
quick = partial(topology_with, visibility_s=5, max_receives=8)
"""What a killed task had in hand is somebody else's after five seconds."""
Until = Callable[[Pipeline, str], Awaitable[object]]


async def _some_parts_mailed(pipeline: Pipeline, run_id: str) -> None:
    while True:
        run = await pipeline.observer.ledger.run(run_id)
        assert run.is_open, "the run had ended"
        if run.stage(StageName.MAILER).done:
            return
        await asyncio.sleep(0.05)


async def _some_emails_sent(pipeline: Pipeline, run_id: str) -> None:
    await delivery_of(pipeline, run_id, DeliveryStatus.HELD)
    await approve(pipeline, run_id)
    while True:
        sent = arrived(pipeline, run_id).total()
        assert sent < CUSTOMERS, "all emails had been sent"
        if sent:
            return
        await asyncio.sleep(0.05)


async def _all_done(pipeline: Pipeline, run_id: str) -> None:
    await delivery_of(pipeline, run_id, DeliveryStatus.HELD)
    await approve(pipeline, run_id)
    await made(pipeline, run_id)


MOMENTS: Mapping[str, Until] = {
    "in the middle of a run": _some_parts_mailed,
    "in the middle of a delivery": _some_emails_sent,
    "after all": _all_done,
}


@pytest.mark.parametrize("until", MOMENTS.values(), ids=MOMENTS)
def test_an_upgrade_loses_nothing_and_sends_nothing_twice(until: Until, tmp_path: Path) -> None:
    """Tasks and the upgrade itself are killed; afterwards all that the older release made is shown.

    And a release that a later one has upgraded the environment to is refused in a sentence.
    """
    file, topology = tmp_path / "sample.csv", quick(of=Path(BASELINE).parents[2] / "infra/topology.yaml")
    todays = tmp_path / "topology.yaml"
    todays.write_text(yaml.safe_dump(quick().model_dump(mode="json", exclude_none=True)), "utf-8")
    write_sample(file, seed=11, customers=CUSTOMERS, products=PRODUCTS)
    with (
        exported({**SETTINGS, **SLOWLY, "FONDLY_TOPOLOGY": str(todays)}),
        embedded_stack(tmp_path / "logs", services=(), topology=topology) as stack,
    ):
        start(stack, dict.fromkeys(TASKS, BASELINE), {})
        asyncio.run(_upgraded(stack, file, until))


async def _upgraded(stack: EmbeddedStack, file: Path, until: Until) -> None:
    async with uploaded(stack, file) as (pipeline, run):
        async with asyncio.timeout(pipeline.patience_s):
            await until(pipeline, run.run_id)
        for name in TASKS:
            stack.processes.kill(name)
        wanted = partial(provision, quick(), environment=ENVIRONMENT, region=REGION)
        settings = (await asyncio.to_thread(wanted)).settings()
        await asyncio.to_thread(_upgrade_that_is_killed)
        start(stack, dict.fromkeys(TASKS, HERE), settings)
        await asyncio.to_thread(_upgrade_to_its_end)
        delivery = await delivery_of(pipeline, run.run_id, *OPENED)
        if delivery.status is DeliveryStatus.HELD:
            await approve(pipeline, run.run_id)
        found = await made(pipeline, run.run_id)
        assert found.dead_letters == 0
        assert set(found.arrived.values()) == {1}
        await asyncio.to_thread(_ends, 0, "upgrade", "--check")
        await _all_is_shown(pipeline.observer, run.run_id, len(found.emails), found.arrived.total())
        environment = pipeline.observer.environment
        later = Upgrade(release="9.1.0")
        await note_upgrade(environment.dynamodb, await environment.table("runs"), later)
        await asyncio.to_thread(_an_older_release_is_refused, settings)


async def _all_is_shown(observer: Observer, run_id: str, emails: int, sent: int) -> None:
    """What either release has made is counted, and found, as if one had made all."""
    [run] = (await observer.ledger.recent()).runs
    index = await facets(observer.environment, run_id)
    assert (run.parts, index.emails) == (len(index.parts), emails)
    tally = await (await observer.environment.deliveries()).tally(run_id)
    assert tally.settled == emails
    assert tally.of(Outcome.SENT) <= sent <= tally.of(Outcome.SENT) + tally.of(Outcome.IN_DOUBT)
    totals = total(await observer.ledger.summed(run_id))
    assert totals.counts[Counted.EMAILS_SENT] == tally.of(Outcome.SENT)


def _upgrade_that_is_killed() -> None:
    """Kill it once it has taken the first step, as it says."""
    _ends(1, "upgrade", "--check")
    with subprocess.Popen([*FONDLY, "upgrade"], stderr=subprocess.PIPE, text=True) as process:  # noqa: S603 - ours
        assert process.stderr
        assert process.stderr.readline().startswith("runs: ")
        process.kill()


def _upgrade_to_its_end() -> None:
    """It goes on with the next step, while tasks of this release work."""
    done = json.loads(_ends(0, "upgrade", "--json").stdout)["checks"]
    assert [each["check"] for each in done if each["detail"] == "done before"] == ["runs"]


def _an_older_release_is_refused(settings: Mapping[str, str]) -> None:
    """By the upgrade, and before each deployment by the check of the tasks."""
    sentence = f"{ENVIRONMENT} was upgraded to 9.1.0: deploy that, or a later one"
    assert sentence in _ends(1, "upgrade").stderr
    with exported(settings):
        assert sentence in _ran(HERE, "-m", "fondly.sender", "--check").stderr


def _ends(code: int, *words: str) -> "subprocess.CompletedProcess[str]":
    done = _ran(*FONDLY, *words)
    assert done.returncode == code, done.stderr + done.stdout
    return done


def _ran(*command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own modules
