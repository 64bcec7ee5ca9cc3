"""Exports and deletions of users' data that Personalize refuses to create."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from understudy.conform.suites.cases import BAD_VALUE
from understudy.conform.suites.personalize_creations import refused_creation
from understudy.conform.suites.shop import dataset, group

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from understudy.conform.check import Check
    from understudy.conform.world import World

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
