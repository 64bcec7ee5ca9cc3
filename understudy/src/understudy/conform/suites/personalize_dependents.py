"""Filters, campaigns, jobs and trackers that Personalize refuses to create, and what it refuses to delete."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from understudy.conform.check import Origin
from understudy.conform.suites.cases import BAD_VALUE, Cases
from understudy.conform.suites.personalize_creations import group_of_data, refused_creation
from understudy.conform.suites.shop import dataset, group, schema, tracker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from understudy.conform.check import Check
    from understudy.conform.world import World

_CASES = Cases("personalize")
_INVALID, _NOT_FOUND, _BAD = "InvalidInputException", "ResourceNotFoundException", "ValidationException"


def personalize_dependent_checks() -> Iterator[Check]:
    """Yield the checks of these Create operations, and of deletions that something prevents."""
    yield from _filters()
    yield from _campaigns_and_jobs()
    yield from _trackers()
    yield from _deletions()


def _filters() -> Iterator[Check]:
    def asked(expression: str) -> Callable[[World], Mapping[str, Any]]:
        return lambda world: {"datasetGroupArn": group_of_data(world), "filterExpression": expression}

    for what, expression, text in (
        ("a placeholder with NOT IN", "EXCLUDE ItemID WHERE Items.GENRE NOT IN ($G)", "with NOT_IN"),
        ("a boolean field", 'INCLUDE ItemID WHERE Items.NEW IN ("true")', "Invalid Expression"),
        ("what is no expression", "ONLY new items, please", ""),
        ("an expression that breaks off", "INCLUDE ItemID WHERE", ""),
        ("a field that there is not", 'INCLUDE ItemID WHERE Items.COLOUR IN ("red")', ""),
        (
            "items and interactions in one expression",
            'INCLUDE ItemID WHERE Items.GENRE IN ("a") AND Interactions.EVENT_TYPE IN ("view")',
            "",
        ),
        (
            "a field of interactions other than their type",
            'INCLUDE ItemID WHERE Interactions.ITEM_ID IN ("i1")',
            "",
        ),
    ):  # fmt: skip
        yield refused_creation(what, "Filter", asked(expression), _INVALID, text)
    yield refused_creation(
        "more than 2,500 characters", "Filter", asked("x" * 2_501), _BAD, BAD_VALUE, Origin.MODEL
    )
    yield refused_creation(
        "a group that there is not",
        "Filter",
        lambda world: {
            "datasetGroupArn": world.arn("dataset-group/none"),
            "filterExpression": 'INCLUDE ItemID WHERE Items.GENRE IN ("a")',
        },
        _NOT_FOUND,
    )


def _campaigns_and_jobs() -> Iterator[Check]:
    for what, resource in {
        "a version that there is not": "solution/none/0a1b2c3d",
        "a solution": "solution/none",
    }.items():
        yield refused_creation(
            what, "Campaign", partial(_version, resource), _NOT_FOUND, origin=Origin.QUOTED
        )
    yield refused_creation(
        "to serve nobody",
        "Campaign",
        lambda world: {"solutionVersionArn": world.arn("solution/none/0a1b2c3d"), "minProvisionedTPS": 0},
        _BAD,
        BAD_VALUE,
    )
    noun = "BatchInferenceJob"
    yield refused_creation("a version that there is not", noun, _job, _NOT_FOUND)
    yield refused_creation(
        "a role that is no ARN", noun, lambda world: {**_job(world), "roleArn": "nobody"}, _BAD, BAD_VALUE
    )


def _job(world: World) -> Mapping[str, Any]:
    return {
        "solutionVersionArn": world.arn("solution/none/0a1b2c3d"),
        "jobInput": {"s3DataSource": {"path": world.uri("in.json")}},
        "jobOutput": {"s3DataDestination": {"path": world.uri("out/")}},
        "roleArn": world.role_arn,
    }


def _version(resource: str, world: World) -> Mapping[str, Any]:
    return {"solutionVersionArn": world.arn(resource)}


def _trackers() -> Iterator[Check]:
    def second(world: World) -> Mapping[str, Any]:
        tracker(world)
        return {"datasetGroupArn": group(world)}

    yield refused_creation(
        "a second tracker of a group",
        "EventTracker",
        second,
        "ResourceAlreadyExistsException|LimitExceededException",
        origin=Origin.RECALLED,
    )


def _deletions() -> Iterator[Check]:
    for what, operation, asked in (
        ("a schema that a dataset has", "DeleteSchema", lambda world: {"schemaArn": _schema_in_use(world)}),
        (
            "a group that has datasets",
            "DeleteDatasetGroup",
            lambda world: {"datasetGroupArn": group_of_data(world)},
        ),
    ):
        yield _CASES.refused(
            f"{operation} leaves {what}", operation, asked, "ResourceInUseException", origin=Origin.DOCUMENTED
        )


def _schema_in_use(world: World) -> str:
    dataset(world)
    return schema(world)
