"""Deletes what the environment, or one run, has made in Personalize, in the order that AWS requires.

Sources: Amazon Personalize API reference, DeleteSolution, DeleteDataset, DeleteSchema, DeleteDatasetGroup.
Deletions take a while, so everything is asked for again until nothing is listed: that a second deletion
finds a resource in use, or gone, is what makes the command resumable.
"""

import re
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from fondly.operations.cleanup.scope import Scope, pauses
from fondly.operations.environment import DEFAULT_GROUP, Ignoring
from fondly.recommender.adapters.personalize.kinds import Kind
from fondly.runtime.errors import error_code
from fondly.runtime.tags import PROJECT, PROJECT_NAME, RUN, STACK

IN_USE = "ResourceInUseException"
GONE = "ResourceNotFoundException"
TRAINING = frozenset({"CREATE PENDING", "CREATE IN_PROGRESS"})
JOBS_STAY = "AWS has no deletion of jobs; their records cost nothing"


async def clean_personalize(scope: Scope) -> None:
    """Delete a run's solution, or all that is in the environment's dataset groups, and these."""
    for group in await own_groups(scope):
        await _GroupCleaner(scope, group).run()


async def own_groups(scope: Scope) -> list[Mapping[str, Any]]:
    """The environment's own dataset groups, by tag or name."""
    names = {scope.environment.name, *scope.dataset_groups} | (set() if scope.on_aws else {DEFAULT_GROUP})
    found = await _pages(scope, Kind.DATASET_GROUP)
    tagged = {PROJECT: PROJECT_NAME, STACK: scope.environment.name}.items()
    return [
        each
        for each in found
        if each["name"] in names or tagged <= (await _tags(scope, each["datasetGroupArn"])).items()
    ]


async def _tags(scope: Scope, arn: str) -> dict[str, str]:
    with Ignoring({GONE}):
        reply = await scope.personalize.list_tags_for_resource(resourceArn=arn)
        return {tag["tagKey"]: tag["tagValue"] for tag in reply["tags"]}
    return {}


async def _pages(scope: Scope, kind: Kind, **request: str) -> list[Mapping[str, Any]]:
    """Every entry of a list; none if what it was to be listed of is gone."""
    with Ignoring({GONE}):
        operation: Any = f"list_{kind.noun}s"
        pages = scope.personalize.get_paginator(operation).paginate(**request)
        return [entry async for page in pages for entry in page.get(kind.plural, [])]
    return []


class _GroupCleaner:
    """One dataset group, from its campaigns to itself."""

    def __init__(self, scope: Scope, group: Mapping[str, Any]) -> None:
        self._scope = scope
        self._name, self._arn = str(group["name"]), str(group["datasetGroupArn"])

    async def run(self) -> None:
        """Delete in order; what cannot be deleted in time keeps what it depends on."""
        await self._note_jobs()
        done = await self._delete(Kind.CAMPAIGN)
        if self._scope.run_id:
            await self._delete(Kind.SOLUTION)
            return
        for kind in (Kind.FILTER, Kind.EVENT_TRACKER, Kind.SOLUTION):
            done &= await self._delete(kind)
        for kind in (Kind.DATASET, Kind.SCHEMA, Kind.DATASET_GROUP):
            done = done and await self._delete(kind)

    async def _delete(self, kind: Kind) -> bool:
        """Delete all of a kind and wait until they are gone; return whether they are."""
        scope, what = self._scope, f"{kind}s in Personalize"
        found = await self._listed(kind)
        if scope.dry_run:
            scope.report.deleted(what, len(found))
            return True
        seen, reason = set[str](), ""
        async for _ in pauses(scope.timeout_s):
            if kind is Kind.SOLUTION:
                await self._stop_training()
            found = await self._listed(kind)
            if found and not seen:
                scope.tell(f"deleting {len(found)} {what}")
            left = {each[kind.arn] for each in found}
            seen |= left
            if not left:
                scope.report.deleted(what, len(seen))
                return True
            for arn in left:
                reason = await self._delete_one(kind, arn) or reason
        scope.report.deleted(what, len(seen) - len(left))
        scope.report.failure(what, f"still there: {reason}; run the command again", len(left))
        return False

    async def _delete_one(self, kind: Kind, arn: str) -> str:
        """Ask for one deletion; return why it is not possible now."""
        try:
            await getattr(self._scope.personalize, f"delete_{kind.noun}")(**{kind.arn: arn})
        except ClientError as error:
            if error_code(error) == GONE:
                return ""
            if error_code(error) != IN_USE:
                raise
            return str(error.response.get("Error", {}).get("Message", IN_USE))
        return ""

    async def _stop_training(self) -> None:
        """Stop trainings that have not ended: a solution cannot be deleted meanwhile."""
        for solution in await self._listed(Kind.SOLUTION):
            arn = solution["solutionArn"]
            for version in await _pages(self._scope, Kind.SOLUTION_VERSION, solutionArn=arn):
                if version.get("status") in TRAINING:
                    with Ignoring({IN_USE, GONE}):
                        await self._scope.personalize.stop_solution_version_creation(
                            solutionVersionArn=version["solutionVersionArn"]
                        )
                        self._scope.report.deleted("trainings stopped")

    async def _note_jobs(self) -> None:
        """Count the records of jobs, which stay."""
        jobs = 0
        for dataset in await self._listed(Kind.DATASET):
            found = await _pages(self._scope, Kind.IMPORT_JOB, datasetArn=dataset["datasetArn"])
            jobs += sum(each["jobName"].startswith(self._scope.run_id or "") for each in found)
        if self._scope.run_id:
            self._scope.report.left("import jobs in Personalize", jobs, JOBS_STAY)

    async def _listed(self, kind: Kind) -> list[Mapping[str, Any]]:
        """What there is of a kind. Schemas have no group, and no tags: those that are named for this one."""
        scope, run_id = self._scope, self._scope.run_id
        if kind is Kind.CAMPAIGN:
            arns = [each["solutionArn"] for each in await self._listed(Kind.SOLUTION)]
            return [each for arn in arns for each in await _pages(scope, kind, solutionArn=arn)]
        if kind is Kind.SCHEMA:
            ours = re.compile(rf"{re.escape(self._name)}-(interactions|items|users)-[0-9a-f]{{10}}")
            return [each for each in await _pages(scope, kind) if ours.fullmatch(each["name"])]
        if kind is Kind.DATASET_GROUP:
            return [each for each in await _pages(scope, kind) if each[kind.arn] == self._arn]
        found = await _pages(scope, kind, datasetGroupArn=self._arn)
        if kind is not Kind.SOLUTION or run_id is None:
            return found
        return [each for each in found if (await _tags(scope, each[kind.arn])).get(RUN) == run_id]
