"""What batch jobs have in common: each answers the lines of files on S3 by a solution version."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from understudy.personalize.arns import Arns
from understudy.personalize.batch_files import Answer, answer_files, check_places
from understudy.personalize.data_operations import DataOperations
from understudy.personalize.errors import invalid_input
from understudy.personalize.filter_operations import FilterOperations
from understudy.personalize.kinds import SOLUTION_VERSION, Kind
from understudy.personalize.model_operations import ModelOperations
from understudy.personalize.recipes import FOR_SEGMENTS, require_recipe
from understudy.personalize.registry import Registry, Work
from understudy.personalize.resource import Resource
from understudy.wire.service import Params
from understudy.workers import Workers

if TYPE_CHECKING:
    from understudy.s3 import S3ClientFactory


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchJobs:
    """Creates jobs, and answers their files."""

    arns: Arns
    registry: Registry
    workers: Workers
    data: DataOperations
    models: ModelOperations
    filters: FilterOperations
    s3: "S3ClientFactory"

    def version_for(self, params: Params, *, segments: bool) -> Resource:
        """Return the version of a request; its recipe must be one for segments, or must not be."""
        version = self.registry.get_active(SOLUTION_VERSION, params["solutionVersionArn"])
        if (require_recipe(version.detail["recipeArn"]).type == FOR_SEGMENTS) is not segments:
            needed = "inference" if segments else "segment"
            raise invalid_input(f"The recipe requires a batch {needed} job.")
        check_places(params)
        return version

    def create(
        self,
        kind: Kind,
        name: str,
        params: Params,
        *,
        version: Resource,
        work: Work,
    ) -> str:
        """Create a job whose files are read and written in the background; return its ARN."""
        self.filters.require(params, version)
        arn = self.arns.named(name, params["jobName"])
        used = {version.arn, params.get("filterArn", version.arn)}
        self.registry.create(kind, arn, params, links=version.links | used, work=work)
        return arn

    def version_of(self, job: Resource) -> Resource:
        """Return the version of a job."""
        return self.registry.get(SOLUTION_VERSION, job.detail["solutionVersionArn"])

    async def answer(self, job: Resource, answer: Answer) -> None:
        """Answer a job's files."""
        await answer_files(self.s3, self.workers, job.detail, answer)
