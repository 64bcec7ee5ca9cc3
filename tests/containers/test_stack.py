"""The pipeline in containers: whole, crashing, scaled out, upgraded and stopped."""

import asyncio
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path

import boto3
import docker
import pytest

from fondly.contracts.consent import customer_entry
from fondly.contracts.tokens import UNSUBSCRIBE, sign
from fondly.evaluation.sample import SampleFacts
from fondly.operations.topology import load_topology
from fondly.runtime.runs.run import Run, StageName
from fondly.runtime.settings import ServiceSettings
from tests.support.containers import Compose, exit_code, restarts, said
from tests.support.finished_runs import email_records
from tests.support.outward import Outward
from tests.support.pipeline import Pipeline, Truth
from tests.support.verdict import email_faults

pytestmark = pytest.mark.timeout(600)
SERVICES = ("ingest", "sentiment", "recommender", "mailer")
DELIVERING = ("sender", "feedback")
"""They send nothing by default."""
PAGES = "unsubscribe"
KEY = b"only-for-this-machine"
"""What verifies links where nothing else is said, in docker-compose.yml."""
HEALTHY_S = 120.0
PROGRESS_S = 180.0
GRACE_S = 30.0
QUIET_S = 15.0
"""After so long services have ended what they were doing, and receive from new queues."""
SPOOL_BYTES = 2 * 1024**3
PART_REVIEWS = 40  # set in the docker-compose.yml of this folder; every customer has at least one review
IN_PROGRESS = PART_REVIEWS * ServiceSettings.model_fields["concurrency"].default
"""Upper bound of the emails in the parts that one mailer works on."""
MIDDLE: dict[str, Callable[[Run], bool]] = {
    "ingest": lambda run: bool(run.stage(StageName.INGEST).done),
    "sentiment": lambda run: bool(run.stage(StageName.SENTIMENT).done),
    "recommender": lambda run: bool(run.states.get(StageName.RECOMMENDER)),
    "mailer": lambda run: bool(run.stage(StageName.MAILER).done),
}
"""How to see that a service is in the middle of a run."""


async def await_true_emails(pipeline: Pipeline, key: str, sample: tuple[Path, SampleFacts]) -> str:
    """Wait until each customer has one true email, but for those who report a danger; return the run id.

    No message is left.
    """
    path, facts = sample
    run_id, finished = await pipeline.finished(key)
    assert (finished.status, finished.reason) == ("finished", None)
    unsafe = finished.counts["customers_safety_cases"]
    assert finished.counts["emails"] + unsafe == finished.counts["customers"] == facts.customers
    assert finished.counts["customers_by_popularity"] == 0
    truth = Truth.of(path)
    emails = await pipeline.emails(run_id)
    assert (len(emails), emails.keys() - truth.reviewed) == (finished.counts["emails"], set())
    faults = {customer: email_faults(raw, customer, truth) for customer, raw in emails.items()}
    assert {customer: found for customer, found in faults.items() if found} == {}
    await pipeline.quiet()
    assert set((await pipeline.observer.dead_letters()).values()) == {0}, (
        await pipeline.observer.dead_letter()
    )
    return run_id


def drop_letters(pipeline: Pipeline, *, because: str) -> None:
    """Delete the dead letters; raise if one has another reason."""
    sqs = boto3.client("sqs")
    for url in pipeline.stack.resources.dead_letter_urls.values():
        while letters := sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"]).get("Messages"):
            for letter in letters:
                assert because in letter.get("MessageAttributes", {})["reason"]["StringValue"]
                sqs.delete_message(QueueUrl=url, ReceiptHandle=letter["ReceiptHandle"])


async def reached(pipeline: Pipeline, key: str, far_enough: Callable[[Run], bool]) -> Run:
    """Wait until the run of an upload has reached a point, before it ends."""
    source = f"s3://{pipeline.stack.resources.buckets['data']}/uploads/{key}"
    async with asyncio.timeout(PROGRESS_S):
        while True:
            run = await pipeline.observer.run_of(source)
            assert run is None or run.is_open, run.reason
            if run and far_enough(run):
                return run
            await asyncio.sleep(0.05)


async def healthy(compose: Compose, *services: str) -> None:
    """Wait until every container of the services is healthy."""
    async with asyncio.timeout(HEALTHY_S):
        for service in services:
            while any(container.health != "healthy" for container in compose.containers(service)):  # noqa: ASYNC110 - they are elsewhere
                await asyncio.sleep(0.5)


async def test_every_customer_gets_a_true_email(
    pipeline: Pipeline, compose: Compose, sample: tuple[Path, SampleFacts]
) -> None:
    """From upload to emails in healthy, read-only containers."""
    await healthy(compose, *SERVICES, *DELIVERING, PAGES, "understudy")
    [provisioner] = compose.containers("provisioner")
    assert (provisioner.status, exit_code(provisioner)) == ("exited", 0)
    pipeline.upload("whole.csv", sample[0])
    await await_true_emails(pipeline, "whole.csv", sample)


def test_services_have_the_settings_that_the_provisioner_prints(compose: Compose, pipeline: Pipeline) -> None:
    """The names in docker-compose.yml are those of the created resources."""
    [provisioner] = compose.containers("provisioner")
    given = {f"{name}={value}" for name, value in pipeline.stack.resources.settings().items()}
    assert given <= set(said(provisioner).splitlines())
    for service in (*SERVICES, *DELIVERING):
        [container] = compose.containers(service)
        assert given <= set(container.attrs["Config"]["Env"])


async def test_the_console_prints_an_address_that_opens_it_once(pipeline: Pipeline, compose: Compose) -> None:
    """It reaches what the others have made."""
    await healthy(compose, "console")
    printed = compose("exec", "--no-TTY", "console", "python", "-m", "fondly.console", "--url")
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    with await asyncio.to_thread(opener.open, printed.strip(), timeout=30) as answer:
        page = answer.read().decode()
    assert f"What waits · {pipeline.stack.resources.tables['runs'].removesuffix('-runs')}" in page
    with pytest.raises(urllib.error.HTTPError, match=str(HTTPStatus.UNAUTHORIZED.value)):
        await asyncio.to_thread(urllib.request.urlopen, printed.strip(), timeout=30)


async def test_a_click_suppresses(pipeline: Pipeline, compose: Compose) -> None:
    """The page takes it, the queue keeps it, and the process that reads feedback believes its signature."""
    await healthy(compose, "feedback", PAGES)
    token = sign(KEY, UNSUBSCRIBE, "in-a-container")
    url = f"http://127.0.0.1:{compose.environment['FONDLY_UNSUBSCRIBE_PORT']}/unsubscribe?t={token}"
    request = urllib.request.Request(url, data=b"List-Unsubscribe=One-Click")
    with await asyncio.to_thread(urllib.request.urlopen, request, timeout=10) as answer:
        assert answer.status == HTTPStatus.OK
    table, entry = pipeline.stack.resources.tables["suppressions"], customer_entry("in-a-container")
    async with asyncio.timeout(PROGRESS_S):
        while "Item" not in boto3.client("dynamodb").get_item(TableName=table, Key={"entry": {"S": entry}}):  # noqa: ASYNC110 - another process writes it
            await asyncio.sleep(0.5)


@pytest.mark.usefixtures("stack")
@pytest.mark.parametrize("service", ["ingest", "understudy"])
def test_large_files_are_spooled_to_disk(compose: Compose, service: str) -> None:
    """Services that unpack downloads have 2 GiB of space for them, on disk."""
    [container] = compose.containers(service)
    script = f"""
import os
print(*(line.split()[2] for line in open("/proc/mounts") if line.split()[1] == "/tmp"))
with open("/tmp/probe", "wb") as file:
    os.posix_fallocate(file.fileno(), 0, {SPOOL_BYTES})
os.remove("/tmp/probe")
"""
    found = container.exec_run(["python", "-c", script])
    assert isinstance(found.output, bytes)
    assert found.exit_code == 0, found.output
    assert found.output.split() not in ([], [b"tmpfs"])


async def test_crashes_in_the_middle_cost_no_email(
    pipeline: Pipeline,
    compose: Compose,
    images: dict[str, str],
    sample: tuple[Path, SampleFacts],
    outside: Outward,
) -> None:
    """Each service is killed while it works and restarts, and the run ends as if nothing had happened.

    An email is written a second time only if its record was missing when the mailer died: at most the emails
    of the parts in progress.
    """
    before = {service: restarts(compose.containers(service)[0]) for service in SERVICES}
    recorded: set[str] = set()
    pipeline.upload("crash.csv", sample[0])
    for service in SERVICES:
        run = await reached(pipeline, "crash.csv", MIDDLE[service])
        compose.containers(service)[0].pause()  # so that nothing changes between the look and the crash
        recorded = set(await email_records(pipeline.observer, run.run_id))
        compose.crash(compose.containers(service)[0], tool_image=images["cli"])
    run_id = await await_true_emails(pipeline, "crash.csv", sample)
    for service in SERVICES:
        [container] = compose.containers(service)
        assert restarts(container) == before[service] + 1
    ids = outside.announced()
    assert set(ids) == set(await email_records(pipeline.observer, run_id))
    assert len(set().union(*ids.values())) == len(ids)  # one per customer, however often it is announced
    versions = outside.versions(run_id)
    assert recorded
    assert {customer for customer in recorded if versions[customer] != 1} == set()
    assert max(versions.values()) <= 2
    assert sum(versions.values()) - len(ids) <= IN_PROGRESS


async def test_stand_ins_that_fail_in_the_middle_cost_no_email(
    pipeline: Pipeline, compose: Compose, images: dict[str, str], sample: tuple[Path, SampleFacts]
) -> None:
    """The stand-in is killed and forgets what Personalize had; then AWS stands still until leases are over.

    The run makes again what is gone, messages come back, and no service needs to be replaced for it.
    """
    before = {service: restarts(compose.containers(service)[0]) for service in SERVICES}
    pipeline.upload("fail.csv", sample[0])
    await reached(pipeline, "fail.csv", MIDDLE["recommender"])
    compose.crash(compose.containers("understudy")[0], tool_image=images["cli"])
    await reached(pipeline, "fail.csv", MIDDLE["mailer"])
    [emulator] = compose.containers("emulator")
    leases_s = load_topology(Path(compose.environment["TEST_TOPOLOGY"])).queues["mailer"].visibility_s
    emulator.pause()
    await asyncio.sleep(2 * leases_s)
    emulator.unpause()
    await await_true_emails(pipeline, "fail.csv", sample)
    assert {service: restarts(compose.containers(service)[0]) for service in SERVICES} == before
    await healthy(compose, *SERVICES, "understudy")


async def test_services_go_on_with_an_emulator_that_has_forgotten_everything(
    pipeline: Pipeline, compose: Compose, sample: tuple[Path, SampleFacts]
) -> None:
    """It restarts in the middle of a run, is provisioned again, and the file is uploaded again.

    Queues, tables and bucket are gone meanwhile. No service is restarted for that: they find the new ones.
    What they still announce of the run that the ledger has forgotten becomes a dead letter that says so.
    """
    before = {service: restarts(compose.containers(service)[0]) for service in SERVICES}
    pipeline.upload("forget.csv", sample[0])
    await reached(pipeline, "forget.csv", MIDDLE["sentiment"])
    compose("restart", "emulator")
    await healthy(compose, "emulator")
    compose("start", "provisioner")
    async with asyncio.timeout(HEALTHY_S):
        while compose.containers("provisioner")[0].status != "exited":  # noqa: ASYNC110 - it is elsewhere
            await asyncio.sleep(0.5)
    assert exit_code(compose.containers("provisioner")[0]) == 0
    await asyncio.sleep(QUIET_S)
    drop_letters(pipeline, because="is not in the ledger")
    pipeline.upload("forget.csv", sample[0])
    await await_true_emails(pipeline, "forget.csv", sample)
    assert {service: restarts(compose.containers(service)[0]) for service in SERVICES} == before


async def test_more_workers_share_the_work(
    pipeline: Pipeline, compose: Compose, sample: tuple[Path, SampleFacts]
) -> None:
    """Three workers of a service finish a run together; scaling back to one loses nothing."""
    compose("up", "--detach", "--no-recreate", "--scale=sentiment=3", "--scale=mailer=3")
    try:
        await healthy(compose, "sentiment", "mailer")
        pipeline.upload("scaled.csv", sample[0])
        await await_true_emails(pipeline, "scaled.csv", sample)
        for service in ("sentiment", "mailer"):
            workers = compose.containers(service)
            assert len(workers) == 3
            assert sum("messages_succeeded" in said(worker) for worker in workers) > 1
    finally:
        compose("up", "--detach", "--no-recreate", "--scale=sentiment=1", "--scale=mailer=1")


async def test_a_service_can_be_upgraded_during_a_run(
    pipeline: Pipeline,
    compose: Compose,
    engine: docker.DockerClient,
    images: dict[str, str],
    sample: tuple[Path, SampleFacts],
) -> None:
    """A container with another image version takes over in the middle of a run."""
    assert engine.images.get(images["mailer"]).tag("fondly/mailer", "next")
    pipeline.upload("upgrade.csv", sample[0])
    await reached(pipeline, "upgrade.csv", MIDDLE["mailer"])
    compose("up", "--detach", "--no-deps", "mailer", FONDLY_VERSION="next")
    [upgraded] = compose.containers("mailer")
    assert upgraded.attrs["Config"]["Image"] == "fondly/mailer:next"
    await await_true_emails(pipeline, "upgrade.csv", sample)


async def test_sigterm_ends_every_service_cleanly(pipeline: Pipeline, compose: Compose) -> None:
    """Each service finishes its work and exits, well within the grace period."""
    await pipeline.quiet()
    started = time.monotonic()
    compose("stop", *SERVICES, *DELIVERING, "understudy")
    assert time.monotonic() - started < GRACE_S
    for service in (*SERVICES, *DELIVERING):
        [container] = compose.containers(service)
        assert (container.status, exit_code(container)) == ("exited", 0)
        assert "service_stopped" in said(container)
    [understudy] = compose.containers("understudy")
    assert exit_code(understudy) in {
        0,
        128 + signal.SIGTERM,
    }  # uvicorn raises the signal again after its shutdown
    compose("start", *SERVICES, *DELIVERING, "understudy")
    await healthy(compose, *SERVICES, *DELIVERING)
