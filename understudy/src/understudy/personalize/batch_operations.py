"""Batch inference jobs: recommendations for all users listed in files on S3."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from understudy.personalize.batch import infer
from understudy.personalize.data_operations import DataOperations, only_of
from understudy.personalize.errors import JobFailedError, invalid_input, refuse, require_value
from understudy.personalize.event_rules import EventRules, counted_by_user
from understudy.personalize.filter_operations import FilterOperations
from understudy.personalize.kinds import BATCH_INFERENCE_JOB, SOLUTION_VERSION, Arns
from understudy.personalize.model_operations import STREAMED_UP_TO, ModelOperations
from understudy.personalize.registry import Registry
from understudy.personalize.resource import Resource
from understudy.personalize.storage import Location, Storage
from understudy.personalize.store import read_streamed
from understudy.personalize.trained import PersonalModel, Recent
from understudy.wire.service import Handler, Params
from understudy.workers import Workers

if TYPE_CHECKING:
    from understudy.personalize.storage import S3ClientFactory

_MAX_FILES = 1_000
_FILES_AT_ONCE = 8

Answer = Callable[[Iterable[bytes]], bytes]
"""Turns the lines of an input file into its output file."""


def check_places(params: Params) -> None:
    """Raise InvalidInputException unless a job reads from one place on S3 and writes to another."""
    source, target = _places(params)
    if source == target:
        raise invalid_input("Invalid S3 output path")


async def answer_files(s3: "S3ClientFactory", workers: Workers, params: Params, answer: Answer) -> None:
    """Answer the input files of a job; raise JobFailedError if they cannot be read or written."""
    source, target = _places(params)
    async with Storage.open(s3) as storage:
        await storage.write(target.child("_CHECK"), b"")
        files = await storage.files(source)
        if not 1 <= len(files) <= _MAX_FILES:
            raise JobFailedError(f"The input must have 1 to {_MAX_FILES} files.")
        slots = asyncio.Semaphore(_FILES_AT_ONCE)

        async def convert(file: Location) -> None:
            async with slots, storage.fetched(file) as lines:
                body = await workers.run(answer, lines)
                await storage.write(target.child(f"{file.key.rpartition('/')[2]}.out"), body)

        await _all_or_first_failure(convert(file) for file in files)


def _places(params: Params) -> tuple[Location, Location]:
    return (
        _location(params["jobInput"]["s3DataSource"]["path"], "input"),
        _location(params["jobOutput"]["s3DataDestination"]["path"], "output"),
    )


def _location(path: str, side: str) -> Location:
    try:
        return Location.parse(path)
    except ValueError as error:
        raise invalid_input(f"Invalid S3 {side} path") from error


async def _all_or_first_failure(work: Iterable[Coroutine[None, None, None]]) -> None:
    try:
        async with asyncio.TaskGroup() as group:
            for each in work:
                group.create_task(each)
    except ExceptionGroup as failed:  # a job has only one failure reason
        raise failed.exceptions[0] from failed


DEFAULT_RESULTS = 25
MAX_RESULTS = 500
_MODE = "BATCH_INFERENCE"


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchOperations:
    """Creates and runs batch inference jobs."""

    arns: Arns
    registry: Registry
    workers: Workers
    data: DataOperations
    models: ModelOperations
    filters: FilterOperations
    s3: "S3ClientFactory"

    def operations(self) -> Mapping[str, Handler]:
        """Return the Create operation of batch inference jobs."""
        return {"CreateBatchInferenceJob": self.create_batch_inference_job}

    async def create_batch_inference_job(self, params: Params) -> Params:
        """Answer CreateBatchInferenceJob; files are read and written in the background."""
        version = self.registry.get_active(SOLUTION_VERSION, params["solutionVersionArn"])
        check_places(params)
        num_results = results_wanted(params)
        refuse(params, "themeGenerationConfig")
        require_value(params, "batchInferenceJobMode", _MODE)
        detail = {**params, "batchInferenceJobMode": _MODE, "numResults": num_results}
        self.filters.require(params, version)
        arn = self.arns.named("batch-inference-job", params["jobName"])
        links = version.links | {version.arn, params.get("filterArn", version.arn)}
        self.registry.create(BATCH_INFERENCE_JOB, arn, detail, links=links, work=self.infer)
        return {"batchInferenceJobArn": arn}

    async def infer(self, job: Resource) -> None:
        """Do a job: answer its input files."""
        version = self.registry.get(SOLUTION_VERSION, job.detail["solutionVersionArn"])
        model = await self.models.model(version)
        item_filter = await self.filters.bound(job.detail, model)
        answer = partial(
            infer,
            model,
            recent=await self._recent(version, model),
            num_results=job.detail["numResults"],
            item_filter=item_filter,
        )
        await answer_files(self.s3, self.workers, job.detail, answer)

    async def _recent(self, version: Resource, model: PersonalModel) -> Mapping[str, Recent]:
        """Return what users have done since the training: events count without another one, imports do not.

        Source: Amazon Personalize developer guide, "How new data influences batch recommendations".
        """
        interactions = only_of("INTERACTIONS", self.data.datasets(version.detail["datasetGroupArn"]))
        if interactions is None:
            return {}
        since = version.detail[STREAMED_UP_TO]
        stored = self.registry.store.stored_streamed(interactions.arn, since=since)
        rules = EventRules.of(version.detail)
        return await self.workers.run(lambda: counted_by_user(read_streamed(stored), rules, model))


def results_wanted(params: Params) -> int:
    """Return how many results a request asks for; raise InvalidInputException above 500."""
    wanted = int(params.get("numResults") or DEFAULT_RESULTS)
    if wanted > MAX_RESULTS:
        raise invalid_input(f"numResults must be at most {MAX_RESULTS}.")
    return wanted
