"""Batch inference jobs: recommendations for all users listed in files on S3."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from understudy.personalize.arns import Arns
from understudy.personalize.batch import infer
from understudy.personalize.batch_files import answer_files, check_places
from understudy.personalize.data_operations import DataOperations, only_of
from understudy.personalize.errors import invalid_input, refuse, require_value
from understudy.personalize.event_rules import EventRules
from understudy.personalize.filter_operations import FilterOperations
from understudy.personalize.kinds import BATCH_INFERENCE_JOB, SOLUTION_VERSION
from understudy.personalize.model_operations import STREAMED_UP_TO, ModelOperations
from understudy.personalize.recent import counted_by_user
from understudy.personalize.registry import Registry
from understudy.personalize.resource import Resource
from understudy.personalize.store import read_streamed
from understudy.personalize.trained import PersonalModel, Recent
from understudy.wire.service import Handler, Params
from understudy.workers import Workers

if TYPE_CHECKING:
    from understudy.s3 import S3ClientFactory

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
