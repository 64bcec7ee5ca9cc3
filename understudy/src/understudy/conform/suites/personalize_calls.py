"""What Personalize refuses about resources that there are not, about names, lists and tags."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from understudy.conform.case import Answered
from understudy.conform.check import Origin
from understudy.conform.suites.cases import BAD_VALUE, Cases, unless
from understudy.conform.suites.shop import RECIPE, group, schema

if TYPE_CHECKING:
    from collections.abc import Iterator

    from understudy.conform.case import Asked, Params
    from understudy.conform.check import Check

_CASES = Cases("personalize")
_NOT_FOUND = "ResourceNotFoundException"
_ABSENT = {
    "Schema": "schema/none",
    "DatasetGroup": "dataset-group/none",
    "Dataset": "dataset/none/INTERACTIONS",
    "DatasetImportJob": "dataset-import-job/none",
    "Solution": "solution/none",
    "SolutionVersion": "solution/none/0a1b2c3d",
    "Campaign": "campaign/none",
    "Filter": "filter/none",
    "EventTracker": "event-tracker/0a1b2c3d",
    "BatchInferenceJob": "batch-inference-job/none",
    "DatasetExportJob": "dataset-export-job/none",
    "DataDeletionJob": "data-deletion-job/none",
}
_DELETED = ("Schema", "DatasetGroup", "Dataset", "Solution", "Campaign", "Filter", "EventTracker")
_LISTS = {
    "ListSchemas": "schemas",
    "ListDatasetGroups": "datasetGroups",
    "ListDatasets": "datasets",
    "ListDatasetImportJobs": "datasetImportJobs",
    "ListSolutions": "solutions",
    "ListSolutionVersions": "solutionVersions",
    "ListCampaigns": "campaigns",
    "ListFilters": "Filters",
    "ListEventTrackers": "eventTrackers",
    "ListBatchInferenceJobs": "batchInferenceJobs",
    "ListDatasetExportJobs": "datasetExportJobs",
    "ListDataDeletionJobs": "dataDeletionJobs",
}


def personalize_call_checks() -> Iterator[Check]:
    """Yield the checks of Describe, Delete, List, Update, tags and recipes."""
    yield from _absent()
    yield from _names()
    yield from _lists()
    yield from _tags()
    yield from _recipes()


def _arn(key: str, resource: str, **more: Any) -> Asked:  # noqa: ANN401 - any parameter
    return lambda world: {key: world.arn(resource), **more}


def _has_not(key: str, answer: Params) -> str | None:
    return unless(key in answer, list(answer))


def _absent() -> Iterator[Check]:
    for noun, resource in _ABSENT.items():
        key = f"{noun[0].lower()}{noun[1:]}Arn"
        for verb in ("Describe", "Delete") if noun in _DELETED else ("Describe",):
            yield _CASES.refused(
                f"{verb}{noun} knows nothing that there is not",
                f"{verb}{noun}",
                _arn(key, resource),
                _NOT_FOUND,
                "does not exist",
                origin=Origin.QUOTED,
            )
    for operation, key, resource in (
        ("GetSolutionMetrics", "solutionVersionArn", "solution/none/0a1b2c3d"),
        ("StopSolutionVersionCreation", "solutionVersionArn", "solution/none/0a1b2c3d"),
        ("UpdateCampaign", "campaignArn", "campaign/none"),
    ):
        yield _CASES.refused(
            f"{operation} knows nothing that there is not", operation, _arn(key, resource), _NOT_FOUND
        )
    yield _CASES.refused(
        "an ARN of another service is refused",
        "DescribeSchema",
        {"schemaArn": "arn:aws:s3:::bucket"},
        "ValidationException",
        BAD_VALUE,
        origin=Origin.RECALLED,
    )


def _names() -> Iterator[Check]:
    for what, name in {"a space": "one two", "64 characters": "x" * 64, "a hyphen before all": "-x"}.items():
        yield _CASES.refused(
            f"a name with {what} is refused",
            "CreateDatasetGroup",
            {"name": name},
            "ValidationException",
            BAD_VALUE,
            origin=Origin.RECALLED,
        )
    yield _CASES.refused(
        "the name of a dataset group can be used once",
        "CreateDatasetGroup",
        lambda world: {"name": group(world).rpartition("/")[2]},
        "ResourceAlreadyExistsException",
        "Another resource with Arn arn:aws:personalize:",
        origin=Origin.QUOTED,
    )
    yield _CASES.refused(
        "a key is no use without a role",
        "CreateDatasetGroup",
        lambda world: {
            "name": world.name("refused"),
            "kmsKeyArn": f"arn:aws:kms:{world.target.region}:{world.target.account_id}:key/none",
        },
        "InvalidInputException",
    )


def _lists() -> Iterator[Check]:
    for operation, key in _LISTS.items():
        yield _CASES.answered(
            f"{operation} answers with '{key}'",
            operation,
            {"maxResults": 1},
            Answered(partial(_has_not, key)),
        )
        yield _CASES.refused(
            f"{operation} refuses a token that it has not given",
            operation,
            {"nextToken": "none"},
            "InvalidNextTokenException",
        )
    yield _CASES.refused(
        "no list has more than 100 entries",
        "ListSchemas",
        {"maxResults": 101},
        "ValidationException",
        BAD_VALUE,
    )


def _tags() -> Iterator[Check]:
    yield _CASES.refused(
        "ListTagsForResource knows nothing that there is not",
        "ListTagsForResource",
        _arn("resourceArn", "dataset-group/none"),
        _NOT_FOUND,
    )
    yield _CASES.refused(
        "a tag has a name",
        "CreateDatasetGroup",
        {"name": "tagged", "tags": [{"tagKey": "", "tagValue": "v"}]},
        "ValidationException",
        BAD_VALUE,
    )
    yield _CASES.answered(
        "a dataset group has the tag that it was made with",
        "ListTagsForResource",
        lambda world: {"resourceArn": group(world)},
        Answered(lambda answer: unless(len(answer["tags"]) == 1, answer["tags"])),
    )
    yield _CASES.answered(
        "a schema is described as it was made", "DescribeSchema", lambda world: {"schemaArn": schema(world)}
    )


def _recipes() -> Iterator[Check]:
    yield _CASES.answered("the recipe of most users is there", "DescribeRecipe", {"recipeArn": RECIPE})
    yield _CASES.answered("recipes are listed", "ListRecipes", {})
    yield _CASES.refused(
        "DescribeRecipe knows no recipe that there is not",
        "DescribeRecipe",
        {"recipeArn": "arn:aws:personalize:::recipe/aws-none"},
        _NOT_FOUND,
    )
