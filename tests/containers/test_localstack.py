"""LocalStack in place of the emulator: docker-compose.localstack.yml."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from fondly.evaluation.sample import write_sample
from fondly.runtime.runs.run import Run, StageName
from fondly.stack.embedded import Stack
from fondly.stack.observer import observe
from tests.support.containers import Compose, said
from tests.support.pipeline import Pipeline

pytestmark = pytest.mark.timeout(300)
INGESTED_S = 120.0


def is_ingested(run: Run | None) -> bool:
    """Whether all parts of a run have been stored and announced."""
    return bool(run and run.parts and len(run.stage(StageName.INGEST).done) == run.parts)


@pytest.mark.usefixtures("images")
async def test_a_file_is_ingested_on_localstack(
    project: Callable[..., Compose],
    run_stack: Callable[..., AbstractContextManager[Stack]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By the same names: S3 tells SQS of the upload, DynamoDB has the run, and SNS tells the next service."""
    compose = project("fondly-localstack", "docker-compose.localstack.yml")
    file = tmp_path / "shop.csv"
    write_sample(file, seed=11, customers=40, products=20)
    with run_stack(compose, tmp_path / "logs", "ingest") as stack:
        for name, value in stack.variables.items():
            monkeypatch.setenv(name, value)
        given = {f"{name}={value}" for name, value in stack.resources.settings().items()}
        assert given <= set(said(compose.containers("provisioner")[0]).splitlines())
        async with observe(stack.resources) as observer, asyncio.timeout(INGESTED_S):
            Pipeline(stack, observer).upload(file.name, file)
            source = f"s3://{stack.resources.buckets['data']}/uploads/{file.name}"
            while not is_ingested(await observer.run_of(source)):  # noqa: ASYNC110 - it is elsewhere
                await asyncio.sleep(0.2)
            while not (await observer.queues())["sentiment"]["visible"]:  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.2)
