"""Batch inference jobs: recommendations for all users listed in files on S3."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from understudy.personalize.batch import infer
from understudy.personalize.batch_jobs import BatchJobs
from understudy.personalize.data_operations import only_of
from understudy.personalize.errors import JobFailedError, invalid_input
from understudy.personalize.event_rules import EventRules
from understudy.personalize.item_records import ItemRecords
from understudy.personalize.kinds import BATCH_INFERENCE_JOB
from understudy.personalize.model_operations import STREAMED_UP_TO
from understudy.personalize.recent import counted_by_user
from understudy.personalize.recipes import SIMILAR_ITEMS, require_recipe
from understudy.personalize.resource import Resource
from understudy.personalize.store import read_streamed
from understudy.personalize.themes import Themes
from understudy.personalize.trained import ItemModel, PersonalModel, Recent
from understudy.wire.service import Handler, Params

DEFAULT_RESULTS = 25
MAX_RESULTS = 500
THEME_GENERATION = "THEME_GENERATION"


@dataclass(frozen=True, slots=True)
class BatchOperations:
    """Creates and runs batch inference jobs."""

    jobs: BatchJobs
    items: ItemRecords

    def operations(self) -> Mapping[str, Handler]:
        """Return the Create operation of batch inference jobs."""
        return {"CreateBatchInferenceJob": self.create_batch_inference_job}

    async def create_batch_inference_job(self, params: Params) -> Params:
        """Answer CreateBatchInferenceJob; files are read and written in the background."""
        version = self.jobs.version_for(params, segments=False)
        num_results = results_wanted(params)
        self._check_themes(params, version)
        detail = {"batchInferenceJobMode": "BATCH_INFERENCE", **params, "numResults": num_results}
        arn = self.jobs.create(
            BATCH_INFERENCE_JOB, "batch-inference-job", detail, version=version, work=self.infer
        )
        return {"batchInferenceJobArn": arn}

    async def infer(self, job: Resource) -> None:
        """Do a job: answer its input files."""
        version = self.jobs.version_of(job)
        model = await self.jobs.models.item_model(version)
        item_filter = await self.jobs.filters.bound(job.detail, model)
        answer = partial(
            infer,
            model,
            recent=await self._recent(version, model),
            num_results=job.detail["numResults"],
            item_filter=item_filter,
            recipe_type=require_recipe(version.detail["recipeArn"]).type,
            themes=await self._themes(job, version),
        )
        await self.jobs.answer(job, answer)

    def _check_themes(self, params: Params, version: Resource) -> None:
        """Require what themes take: the recipe, a text and the column with the items' names."""
        config = params.get("themeGenerationConfig")
        if params.get("batchInferenceJobMode") != THEME_GENERATION:
            if config:
                raise invalid_input(f"themeGenerationConfig requires the mode {THEME_GENERATION}.")
            return
        if version.detail["recipeArn"] != SIMILAR_ITEMS:
            raise invalid_input("Themes require the Similar-Items recipe.")
        if not config:
            raise invalid_input(f"The mode {THEME_GENERATION} requires a themeGenerationConfig.")
        items = only_of("ITEMS", self.jobs.data.datasets(version.detail["datasetGroupArn"]))
        fields = () if items is None else self.jobs.data.schema(items).fields
        name = _name_field(config)
        if not any(each.name == name and each.type == "string" for each in fields):
            raise invalid_input(f"The Items dataset has no column {name} of strings.")
        if not any(each.textual for each in fields):
            raise invalid_input("Themes require an Items dataset with a textual field.")

    async def _themes(self, job: Resource, version: Resource) -> Themes | None:
        if job.detail["batchInferenceJobMode"] != THEME_GENERATION:
            return None
        items = await self.items.of(version.detail["datasetGroupArn"])
        if items is None:
            raise JobFailedError("The Items dataset has no records.")
        return await self.jobs.workers.run(Themes, items, _name_field(job.detail["themeGenerationConfig"]))

    async def _recent(self, version: Resource, model: ItemModel) -> Mapping[str, Recent]:
        """Return what users have done since the training: events count without another one, imports do not.

        Source: Amazon Personalize developer guide, "How new data influences batch recommendations".
        """
        interactions = only_of("INTERACTIONS", self.jobs.data.datasets(version.detail["datasetGroupArn"]))
        if interactions is None or not isinstance(model, PersonalModel):
            return {}
        since = version.detail[STREAMED_UP_TO]
        stored = self.jobs.registry.store.stored_streamed(interactions.arn, since=since)
        rules = EventRules.of(version.detail)
        return await self.jobs.workers.run(lambda: counted_by_user(read_streamed(stored), rules, model))


def _name_field(config: Params) -> str:
    return str(config["fieldsForThemeGeneration"]["itemName"])


def results_wanted(params: Params) -> int:
    """Return how many results a request asks for; raise InvalidInputException above 500."""
    wanted = int(params.get("numResults") or DEFAULT_RESULTS)
    if wanted > MAX_RESULTS:
        raise invalid_input(f"numResults must be at most {MAX_RESULTS}.")
    return wanted
