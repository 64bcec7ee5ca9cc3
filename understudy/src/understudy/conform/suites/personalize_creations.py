"""Datasets, imports and solutions that Personalize refuses to create."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from understudy.conform.check import Origin
from understudy.conform.suites.cases import BAD_VALUE, Cases
from understudy.conform.suites.shop import RECIPE, dataset, group, schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from understudy.conform.check import Check
    from understudy.conform.world import World

_CASES = Cases("personalize")
_INVALID, _NOT_FOUND, _BAD = "InvalidInputException", "ResourceNotFoundException", "ValidationException"


def personalize_creation_checks() -> Iterator[Check]:
    """Yield the checks of these Create operations."""
    yield from _datasets()
    yield from _imports()
    yield from _solutions()


def refused_creation(  # noqa: PLR0917 - the columns of a table
    what: str,
    noun: str,
    asked: Callable[[World], Mapping[str, Any]],
    code: str,
    text: str = "",
    origin: Origin = Origin.DOCUMENTED,
) -> Check:
    """Return a check that something cannot be created, under a name that nothing has."""

    def named(world: World) -> Mapping[str, Any]:
        name = world.name("refused")
        return ({"jobName": name} if noun.endswith("Job") else {"name": name}) | dict(asked(world))

    return _CASES.refused(f"Create{noun} refuses {what}", f"Create{noun}", named, code, text, origin=origin)


def _datasets() -> Iterator[Check]:
    def asked(**changes: Callable[[World], Any]) -> Callable[[World], Mapping[str, Any]]:
        return lambda world: {
            "schemaArn": schema(world),
            "datasetGroupArn": group(world),
            "datasetType": "Interactions",
            **{name: change(world) for name, change in changes.items()},
        }

    yield refused_creation(
        "a schema that there is not",
        "Dataset",
        asked(schemaArn=lambda world: world.arn("schema/none")),
        _NOT_FOUND,
    )
    yield refused_creation(
        "a group that there is not",
        "Dataset",
        asked(datasetGroupArn=lambda world: world.arn("dataset-group/none")),
        _NOT_FOUND,
    )
    yield refused_creation(
        "the schema of another type",
        "Dataset",
        asked(schemaArn=lambda world: schema(world, "Items")),
        _INVALID,
    )
    yield refused_creation(
        "a type with a space", "Dataset", asked(datasetType=lambda _: "My items"), _BAD, BAD_VALUE
    )
    yield refused_creation(
        "a second dataset of a type",
        "Dataset",
        lambda world: {
            "name": world.name("second"),
            **asked()(world),
            "datasetGroupArn": group_of_data(world),
        },
        "ResourceAlreadyExistsException|LimitExceededException",
    )


def _imports() -> Iterator[Check]:
    def asked(location: str = "s3://none/rows.csv", **changes: Any) -> Callable[[World], Mapping[str, Any]]:  # noqa: ANN401 - any parameter
        return lambda world: {
            "datasetArn": dataset(world),
            "dataSource": {"dataLocation": location},
            "roleArn": world.role_arn,
            **changes,
        }

    yield refused_creation(
        "a file that is no CSV",
        "DatasetImportJob",
        asked("s3://none/rows.txt"),
        _INVALID,
        "Invalid Data location.",
    )
    yield refused_creation(
        "a place that is no S3 path", "DatasetImportJob", asked("rows.csv"), _BAD, BAD_VALUE
    )
    yield refused_creation(
        "a role that is no ARN", "DatasetImportJob", asked(roleArn="nobody"), _BAD, BAD_VALUE
    )
    yield refused_creation(
        "a mode that there is not", "DatasetImportJob", asked(importMode="HALF"), _BAD, BAD_VALUE
    )
    yield refused_creation(
        "a dataset that there is not",
        "DatasetImportJob",
        lambda world: asked(datasetArn=world.arn("dataset/none/INTERACTIONS"))(world),
        _NOT_FOUND,
    )


def _solutions() -> Iterator[Check]:
    yield refused_creation(
        "a group that there is not",
        "Solution",
        lambda world: {"datasetGroupArn": world.arn("dataset-group/none"), "recipeArn": RECIPE},
        _NOT_FOUND,
    )
    yield refused_creation(
        "a recipe that there is not",
        "Solution",
        lambda world: {"datasetGroupArn": group(world), "recipeArn": "arn:aws:personalize:::recipe/aws-none"},
        _NOT_FOUND,
        origin=Origin.RECALLED,
    )
    yield refused_creation(
        "a solution that there is not",
        "SolutionVersion",
        lambda world: {"solutionArn": world.arn("solution/none")},
        _NOT_FOUND,
    )
    yield refused_creation(
        "a mode that there is not",
        "SolutionVersion",
        lambda world: {"solutionArn": world.arn("solution/none"), "trainingMode": "HALF"},
        _BAD,
        BAD_VALUE,
    )


def group_of_data(world: World) -> str:
    """Return the group, once it has both of its datasets."""
    for name in ("Interactions", "Items"):
        dataset(world, name)
    return group(world)


_NOT_FOUND, _BAD = "ResourceNotFoundException", "ValidationException"
_NO_PLACE = "a place that is no S3 path"


def personalize_output_checks() -> Iterator[Check]:
    """Yield the checks of these Create operations."""
    yield from _exports()
    yield from _deletions()


def _exports() -> Iterator[Check]:
    def asked(path: str = "s3://none/out/", **changes: Any) -> Callable[[World], Mapping[str, Any]]:  # noqa: ANN401 - any parameter
        return lambda world: {
            "datasetArn": dataset(world),
            "jobOutput": {"s3DataDestination": {"path": path}},
            "roleArn": world.role_arn,
            **changes,
        }

    yield refused_creation(
        "a dataset that there is not",
        "DatasetExportJob",
        lambda world: asked(datasetArn=world.arn("dataset/none/INTERACTIONS"))(world),
        _NOT_FOUND,
    )
    yield refused_creation(_NO_PLACE, "DatasetExportJob", asked("out"), _BAD, BAD_VALUE)
    yield refused_creation(
        "a mode that there is not", "DatasetExportJob", asked(ingestionMode="HALF"), _BAD, BAD_VALUE
    )


def _deletions() -> Iterator[Check]:
    def asked(
        group_of: Callable[[World], str], location: str = "s3://none/users.csv"
    ) -> Callable[[World], Mapping[str, Any]]:
        return lambda world: {
            "datasetGroupArn": group_of(world),
            "dataSource": {"dataLocation": location},
            "roleArn": world.role_arn,
        }

    yield refused_creation("a group that there is not", "DataDeletionJob", asked(_no_group), _NOT_FOUND)
    yield refused_creation(_NO_PLACE, "DataDeletionJob", asked(group, "users.csv"), _BAD, BAD_VALUE)


def _no_group(world: World) -> str:
    return world.arn("dataset-group/none")
