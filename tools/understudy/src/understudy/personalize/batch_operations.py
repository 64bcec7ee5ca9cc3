"""Batch inference jobs: recommendations for all users listed in files on S3."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from understudy.personalize.arns import Arns
from understudy.personalize.batch import infer
from understudy.personalize.errors import JobFailedError, invalid_input
from understudy.personalize.filter_operations import FilterOperations
from understudy.personalize.kinds import BATCH_INFERENCE_JOB, SOLUTION_VERSION
from understudy.personalize.model_operations import ModelOperations
from understudy.personalize.recipes import require_recipe
from understudy.personalize.registry import Registry
from understudy.personalize.resource import Resource
from understudy.personalize.storage import Storage
from understudy.s3 import Location
from understudy.wire.service import Handler, Params
from understudy.workers import Workers

if TYPE_CHECKING:
    from understudy.s3 import S3ClientFactory

DEFAULT_RESULTS = 25
MAX_RESULTS = 500
_MAX_FILES = 1_000
_FILES_AT_ONCE = 8

Answer = Callable[[Iterable[bytes]], bytes]
"""Turns the lines of an input file into its output file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchOperations:
    """Creates and runs batch inference jobs."""

    arns: Arns
    registry: Registry
    workers: Workers
    models: ModelOperations
    filters: FilterOperations
    s3: "S3ClientFactory"

    def operations(self) -> Mapping[str, Handler]:
        """Return the Create operation of batch inference jobs."""
        return {"CreateBatchInferenceJob": self.create_batch_inference_job}

    async def create_batch_inference_job(self, params: Params) -> Params:
        """Answer CreateBatchInferenceJob; files are read and written in the background."""
        version = self.registry.get_active(SOLUTION_VERSION, params["solutionVersionArn"])
        source = _location(params["jobInput"]["s3DataSource"]["path"], "input")
        target = _location(params["jobOutput"]["s3DataDestination"]["path"], "output")
        if source == target:
            raise invalid_input("Invalid S3 output path")
        num_results = results_wanted(params)
        if params.get("batchInferenceJobMode") == "THEME_GENERATION":
            raise invalid_input("Theme generation is not supported.")
        self.filters.require(params, version)
        arn = self.arns.named("batch-inference-job", params["jobName"])
        detail = {"batchInferenceJobMode": "BATCH_INFERENCE", **params, "numResults": num_results}
        used = {version.arn, params.get("filterArn", version.arn)}
        self.registry.create(BATCH_INFERENCE_JOB, arn, detail, links=version.links | used, work=self.infer)
        return {"batchInferenceJobArn": arn}

    async def infer(self, job: Resource) -> None:
        """Do a job: answer its input files."""
        params = job.detail
        version = self.registry.get(SOLUTION_VERSION, params["solutionVersionArn"])
        model = await self.models.model(version)
        item_filter = await self.filters.bound(params, model)
        answer = partial(
            infer,
            model,
            num_results=params["numResults"],
            item_filter=item_filter,
            recipe_type=require_recipe(version.detail["recipeArn"]).type,
        )
        source = _location(params["jobInput"]["s3DataSource"]["path"], "input")
        target = _location(params["jobOutput"]["s3DataDestination"]["path"], "output")
        await self._run(answer, source, target)

    async def _run(self, answer: Answer, source: Location, target: Location) -> None:
        async with Storage.open(self.s3) as storage:
            await storage.write(target.child("_CHECK"), b"")
            files = await storage.files(source)
            if not 1 <= len(files) <= _MAX_FILES:
                raise JobFailedError(f"The input must have 1 to {_MAX_FILES} files.")
            slots = asyncio.Semaphore(_FILES_AT_ONCE)

            async def convert(file: Location) -> None:
                async with slots, storage.fetched(file) as lines:
                    body = await self.workers.run(answer, lines)
                    await storage.write(target.child(f"{file.base_name}.out"), body)

            await _all_or_first_failure(convert(file) for file in files)


async def _all_or_first_failure(work: Iterable[Coroutine[None, None, None]]) -> None:
    try:
        async with asyncio.TaskGroup() as group:
            for each in work:
                group.create_task(each)
    except ExceptionGroup as failed:  # a job has only one failure reason
        raise failed.exceptions[0] from failed


def results_wanted(params: Params) -> int:
    """Return how many results a request asks for; raise InvalidInputException above 500."""
    wanted = int(params.get("numResults") or DEFAULT_RESULTS)
    if wanted > MAX_RESULTS:
        raise invalid_input(f"numResults must be at most {MAX_RESULTS}.")
    return wanted


def _location(path: str, side: str) -> Location:
    try:
        return Location.parse(path)
    except ValueError as error:
        raise invalid_input(f"Invalid S3 {side} path") from error
