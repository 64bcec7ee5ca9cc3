"""The pipeline in containers: whole, crashing, scaled out, upgraded and stopped."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from local.containers import Compose, docker
from local.sample import SampleFacts
from local.testing import Pipeline, Truth
from local.verdict import email_faults
from shared.ledger import Run, Stage

pytestmark = pytest.mark.timeout(300)
SERVICES = ("ingest", "sentiment", "recommender", "mailer")
HEALTHY_S = 60.0
PROGRESS_S = 90.0
GRACE_S = 30.0
MIDDLE: dict[str, Callable[[Run], bool]] = {
    "ingest": lambda run: bool(run.stage(Stage.INGEST).done),
    "sentiment": lambda run: bool(run.stage(Stage.SENTIMENT).done),
    "recommender": lambda run: bool(run.step),
    "mailer": lambda run: bool(run.stage(Stage.MAILER).done),
}
"""When a service is in the middle of a run."""


async def judge(pipeline: Pipeline, key: str, sample: tuple[Path, SampleFacts]) -> None:
    """Wait for the end of an upload's run: all customers have one true email each, and nothing is left."""
    path, facts = sample
    run_id, finished = await pipeline.finished(key)
    assert (finished.status, finished.reason) == ("finished", None)
    assert finished.counts["emails"] == finished.counts["customers"] == facts.customers
    assert finished.counts["customers_fallback"] == 0
    truth = Truth.of(path)
    emails = await pipeline.emails(run_id)
    assert set(emails) == set(truth.reviewed)
    faults = {customer: email_faults(raw, customer, truth) for customer, raw in emails.items()}
    assert {customer: found for customer, found in faults.items() if found} == {}
    await pipeline.quiet()
    assert set((await pipeline.eyes.dead_letters()).values()) == {0}


async def reached(pipeline: Pipeline, key: str, far_enough: Callable[[Run], bool]) -> Run:
    """Wait until the run of an upload is so far, and not yet at its end."""
    source = f"s3://{pipeline.stack.resources.buckets['data']}/uploads/{key}"
    async with asyncio.timeout(PROGRESS_S):
        while True:
            run = await pipeline.eyes.run_of(source)
            if run and far_enough(run):
                assert run.is_open
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
    """From upload to emails in containers that are healthy and read-only, like in the embedded stack."""
    await healthy(compose, *SERVICES, "understudy")
    [provisioner] = compose.containers("provisioner")
    assert (provisioner.status, provisioner.exit_code) == ("exited", 0)
    pipeline.upload("whole.csv", sample[0])
    await judge(pipeline, "whole.csv", sample)


def test_the_provisioner_prints_what_services_are_told(compose: Compose, pipeline: Pipeline) -> None:
    """The names in docker-compose.yml are those of the resources that were made."""
    printed = compose("logs", "--no-log-prefix", "--no-color", "provisioner")
    given = pipeline.stack.resources.environment()
    for service in SERVICES:
        told = docker("inspect", "--format={{json .Config.Env}}", compose.containers(service)[0].name)
        for name, value in given.items():
            assert f"{name}={value}" in printed
            assert f'"{name}={value}"' in told


async def test_crashes_in_the_middle_cost_no_email(
    pipeline: Pipeline, compose: Compose, images: dict[str, str], sample: tuple[Path, SampleFacts]
) -> None:
    """Each service dies in its work and comes back by itself, and the run ends as if nothing had been."""
    before = {service: compose.containers(service)[0].restarts for service in SERVICES}
    pipeline.upload("crash.csv", sample[0])
    for service in SERVICES:
        await reached(pipeline, "crash.csv", MIDDLE[service])
        compose.crash(service, tool_image=images["local"])
    await judge(pipeline, "crash.csv", sample)
    for service in SERVICES:
        [container] = compose.containers(service)
        assert container.restarts == before[service] + 1


async def test_more_workers_share_the_work(
    pipeline: Pipeline, compose: Compose, sample: tuple[Path, SampleFacts]
) -> None:
    """Three of a kind finish a run together; going back to one loses nothing."""
    compose("up", "--detach", "--no-recreate", "--scale=sentiment=3", "--scale=mailer=3")
    await healthy(compose, "sentiment", "mailer")
    pipeline.upload("scaled.csv", sample[0])
    await judge(pipeline, "scaled.csv", sample)
    for service in ("sentiment", "mailer"):
        workers = compose.containers(service)
        assert len(workers) == 3
        busy = [worker for worker in workers if "messages_succeeded" in compose.logs(worker)]
        assert len(busy) > 1
    compose("up", "--detach", "--no-recreate", "--scale=sentiment=1", "--scale=mailer=1")


async def test_a_service_is_upgraded_while_it_works(
    pipeline: Pipeline, compose: Compose, images: dict[str, str], sample: tuple[Path, SampleFacts]
) -> None:
    """A container of another image takes over in the middle of a run."""
    docker("tag", images["mailer"], "encore/mailer:next")
    pipeline.upload("upgrade.csv", sample[0])
    await reached(pipeline, "upgrade.csv", MIDDLE["mailer"])
    compose("up", "--detach", "--no-deps", "mailer", ENCORE_VERSION="next")
    [upgraded] = compose.containers("mailer")
    assert upgraded.image == "encore/mailer:next"
    await judge(pipeline, "upgrade.csv", sample)


async def test_sigterm_ends_every_service_cleanly(pipeline: Pipeline, compose: Compose) -> None:
    """Python is process 1 and stops by itself, with code 0, well within the grace period."""
    await pipeline.quiet()
    started = time.monotonic()
    compose("stop", *SERVICES, "understudy")
    assert time.monotonic() - started < GRACE_S
    for service in (*SERVICES, "understudy"):
        [container] = compose.containers(service)
        assert (container.status, container.exit_code) == ("exited", 0)
        if service in SERVICES:
            assert "service_stopped" in compose.logs(container)
    compose("start", *SERVICES, "understudy")
    await healthy(compose, *SERVICES)  # a process that is only starting does not yet know the signal
