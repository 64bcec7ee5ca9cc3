"""Exports, deletions of users' data and metric attributions that Personalize refuses to create."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from understudy.conform.suites.cases import BAD_VALUE
from understudy.conform.suites.personalize_creations import group_of_data, refused_creation
from understudy.conform.suites.shop import dataset, group

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from understudy.conform.check import Check
    from understudy.conform.world import World

_INVALID, _NOT_FOUND, _BAD = "InvalidInputException", "ResourceNotFoundException", "ValidationException"
_MOST_METRICS = 10
_NO_PLACE = "a place that is no S3 path"


def personalize_output_checks() -> Iterator[Check]:
    """Yield the checks of these Create operations."""
    yield from _exports()
    yield from _deletions()
    yield from _attributions()


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


def _attributions() -> Iterator[Check]:
    def asked(
        group_of: Callable[[World], str], expression: str = "SAMPLECOUNT()", metrics: int = 1
    ) -> Callable[[World], Mapping[str, Any]]:
        return lambda world: {
            "datasetGroupArn": group_of(world),
            "metrics": [
                {"eventType": "view", "metricName": f"metric{number}", "expression": expression}
                for number in range(metrics)
            ],
            "metricsOutputConfig": {"roleArn": world.role_arn},
        }

    noun = "MetricAttribution"
    yield refused_creation("a group that there is not", noun, asked(_no_group), _NOT_FOUND)
    yield refused_creation(
        "more than ten metrics", noun, asked(group, metrics=_MOST_METRICS + 1), _BAD, BAD_VALUE
    )
    for what, expression in {
        "a function that there is not": "MEDIAN(Items.PRICE)",
        "the sum of a column of text": "SUM(Items.GENRE)",
    }.items():
        yield refused_creation(what, noun, asked(group_of_data, expression), _INVALID)


def _no_group(world: World) -> str:
    return world.arn("dataset-group/none")
