"""Batch inference against understudy, with the emulator's S3 between the two."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence

import pytest
from aiobotocore.session import get_session

from fondly.contracts.errors import PermanentError
from fondly.mailer.adapters.bedrock_capabilities import UNKNOWN, capabilities_of
from fondly.mailer.adapters.bedrock_requests import ModelChoice
from fondly.mailer.adapters.copy_jobs import BedrockCopyJobs
from fondly.mailer.domain.copy.feature_prompt import features_prompt
from fondly.mailer.domain.copy.job import JobState, JobStatus, JobTask
from fondly.mailer.domain.copy.prompt import Prompt
from fondly.mailer.use_cases.ask_once import paid_reply
from fondly.mailer.use_cases.collect_prompts import CollectPrompts
from fondly.mailer.use_cases.keep_copy_answers import KeepCopyAnswers
from fondly.runtime.aws import CONFIG
from fondly.runtime.runs.run import Run
from fondly.runtime.storage import S3Objects
from fondly.stack.provision import Resources
from services.mailer.tests.conftest import catalogue_entry
from services.mailer.tests.fakes import MODEL
from tests.support.kept_answers import InMemoryKeptAnswers
from tests.support.runs import START
from tests.support.stores import Clients
from understudy.testing import UnderstudyServer

RUN = "run-1"
PROMPTS = 120
ROLE = "arn:aws:iam::000000000000:role/fondly-bedrock"
LOOKS = 600
"""More than any machine needs: a job that never ends must not run for ever."""


def prompts() -> list[Prompt]:
    """A prompt for each of many products."""
    return [
        features_prompt(catalogue_entry(1, name=f"Braided Cable of Kind {number}"), language="en")
        for number in range(PROMPTS)
    ]


async def of_run(run_id: str, task: JobTask, *, parts: int) -> AsyncIterator[Sequence[Prompt]]:
    """Every part of every run asks the same prompts."""
    assert run_id.startswith("run-")
    assert task is JobTask.FEATURES
    for _ in range(parts):
        yield prompts()


class World:
    """Jobs at understudy, a bucket and the answers that are kept."""

    def __init__(self, jobs: BedrockCopyJobs, objects: S3Objects) -> None:
        self.jobs, self.kept = jobs, InMemoryKeptAnswers()
        self.collect = CollectPrompts(
            objects=objects, kept=self.kept, prompts_of_run=of_run, jobs=jobs, model_id=MODEL
        )
        self.keep = KeepCopyAnswers(objects=objects, kept=self.kept, jobs=jobs, model_id=MODEL)
        self.run = Run(run_id=RUN, created_at=START, parts=2)

    async def ended(self, job_id: str) -> JobState:
        """Wait for the end of a job."""
        for _ in range(LOOKS):
            state = await self.jobs.state(job_id)
            if state.status is not JobStatus.RUNNING:
                return state
            await asyncio.sleep(0.05)
        raise AssertionError(f"{job_id} did not end")


@pytest.fixture
async def world(clients: Clients, resources: Resources, emulator_url: str) -> AsyncIterator[World]:
    """The adapter on understudy."""
    bucket = resources.buckets["data"]
    choice = ModelChoice(model_id=MODEL, capabilities=capabilities_of(MODEL), temperature=0.7)
    with UnderstudyServer(s3_endpoint_url=emulator_url) as server:
        session = get_session()
        async with session.create_client("bedrock", config=CONFIG, endpoint_url=server.url) as client:
            jobs = BedrockCopyJobs(client, choice, bucket=bucket, role_arn=ROLE)
            yield World(jobs, S3Objects(clients.s3, bucket))


async def test_a_job_answers_every_prompt_under_its_key(world: World) -> None:
    """The same request again is the same job; its answers can be read, and say what they cost."""
    found = await world.collect.run(world.run, JobTask.FEATURES)
    assert (found.prompts, found.files) == (PROMPTS, 1)
    job_id = await world.jobs.start(RUN, JobTask.FEATURES, prompts=found.prompts)
    assert await world.jobs.start(RUN, JobTask.FEATURES, prompts=found.prompts) == job_id
    state = await world.ended(job_id)
    assert state.status is JobStatus.ENDED, state.message
    result = await world.keep.run(RUN, JobTask.FEATURES, job_id, found)
    assert world.kept.answers.keys() == {prompt.key(MODEL) for prompt in prompts()}
    replies = [paid_reply(answer).reply for answer in world.kept.answers.values()]
    assert all(json.loads(reply.text).keys() for reply in replies)
    assert result.counts == {"prompts_batched": PROMPTS}
    assert result.units[f"bedrock.batch_output_tokens.{MODEL}"] == sum(each.output_tokens for each in replies)
    await world.jobs.stop(job_id)


async def test_what_a_job_has_answered_is_not_collected_again(world: World) -> None:
    """The next run of the same products has nothing to ask."""
    found = await world.collect.run(world.run, JobTask.FEATURES)
    job_id = await world.jobs.start(RUN, JobTask.FEATURES, prompts=found.prompts)
    await world.ended(job_id)
    await world.keep.run(RUN, JobTask.FEATURES, job_id, found)
    again = await world.collect.run(world.run.model_copy(update={"run_id": "run-2"}), JobTask.FEATURES)
    assert (again.prompts, again.files) == (0, 0)


async def test_a_model_that_allows_no_job_is_permanent_and_says_why(clients: Clients) -> None:
    """No prompt is asked at twice the price without a word."""
    choice = ModelChoice(model_id="anthropic.claude-withdrawn", capabilities=UNKNOWN)
    with UnderstudyServer(s3_endpoint_url=clients.s3.meta.endpoint_url) as server:
        session = get_session()
        async with session.create_client("bedrock", config=CONFIG, endpoint_url=server.url) as client:
            jobs = BedrockCopyJobs(client, choice, bucket="data", role_arn=ROLE)
            with pytest.raises(PermanentError, match="no batch inference job could be started: Validation"):
                await jobs.start(RUN, JobTask.COPY, prompts=PROMPTS)
