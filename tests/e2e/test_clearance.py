"""A whole stack on which runs cannot end: they do not begin, nothing is paid, and once mended they finish."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import boto3
import pytest
from typer.testing import CliRunner

from fondly.cli.app import app
from fondly.evaluation.sample import write_sample
from fondly.operations.local_stack import ENVIRONMENT, exported
from fondly.runtime.runs.run import Run, RunStatus
from fondly.runtime.runs.totals import total
from fondly.stack.embedded import EmbeddedStack, embedded_stack
from fondly.stack.observer import observe
from tests.support.finished_runs import email_records
from tests.support.pipeline import Pipeline

NO_MODEL = {"FONDLY_MAILER_MODEL_ID": "global.anthropic.claude-withdrawn-1"}
QUOTA = {"UNDERSTUDY_PERSONALIZE_QUOTAS": json.dumps({"DatasetGroup": 1})}
FREE = {"CreateDatasetGroup", "CreateSchema", "DeleteDatasetGroup"}


@pytest.fixture
def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[EmbeddedStack]:
    """A stack without a mailer, in an account whose only dataset group is another shop's."""
    with (
        exported(QUOTA),
        embedded_stack(tmp_path / "logs", services=("ingest", "sentiment", "recommender", "sender")) as made,
    ):
        for name, value in made.variables.items():
            monkeypatch.setenv(name, value)
        yield made


def paid(stack: EmbeddedStack) -> dict[str, int]:
    """How often the AI services have answered what is not free."""
    with urlopen(f"{stack.variables['AWS_ENDPOINT_URL_COMPREHEND']}/_understudy/usage") as reply:  # noqa: S310 - our own server
        usage = json.load(reply)
    return {name: calls["ok"] for name, calls in usage.items() if calls.get("ok") and name not in FREE}


def resumed(run: Run) -> None:
    """Resume a run as the reason says."""
    answer = CliRunner().invoke(app, ["run", "resume", run.run_id, "--environment", ENVIRONMENT])
    assert answer.exit_code == 0, answer.output


@pytest.mark.timeout(500)
async def test_a_run_that_cannot_end_does_not_begin(tmp_path: Path, stack: EmbeddedStack) -> None:
    """Personalize's quota is used up, then the model is unknown; each is named, with what to do."""
    path = tmp_path / "shop.csv"
    write_sample(path, seed=11, customers=520, products=110)
    personalize = boto3.client("personalize")
    other = personalize.create_dataset_group(name="another-shop")["datasetGroupArn"]
    async with observe(stack.resources) as observer:
        pipeline = Pipeline(stack, observer)
        pipeline.upload("shop.csv", path)
        run = await pipeline.ended("shop.csv")
        assert run.status is RunStatus.STOPPED
        assert "Personalize refused dataset_group: LimitExceededException" in (run.reason or "")
        personalize.delete_dataset_group(datasetGroupArn=other)
        await asyncio.sleep(2)
        stack.processes.start("mailer", ["-m", "fondly.mailer"], NO_MODEL)
        await asyncio.to_thread(resumed, run)
        run = await pipeline.ended("shop.csv")
        assert run.status is RunStatus.STOPPED
        assert NO_MODEL["FONDLY_MAILER_MODEL_ID"] in (run.reason or "")
        assert paid(stack) == {}
        stack.processes.kill("mailer")
        stack.processes.start("mailer", ["-m", "fondly.mailer"], {})
        await asyncio.to_thread(resumed, run)
        run = await pipeline.ended("shop.csv")
        assert run.status is RunStatus.FINISHED
        unsafe = total(await observer.ledger.reports(run.run_id)).counts["customers_safety_cases"]
        assert len(await email_records(observer, run.run_id)) + unsafe == 520
        assert not any((await observer.dead_letters()).values())
