"""Personalize's segments and deletions of users, from the creation of their jobs to their files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from understudy.conform.case import Refused
from understudy.conform.check import Difference, Need, Origin
from understudy.conform.journey import Journey, refusal, same
from understudy.conform.shapes import shape_differences
from understudy.conform.states import CREATION
from understudy.conform.suites.personalize_imports import import_interactions
from understudy.conform.suites.shop import SERVICE, dataset, followed_by_arn, group, made

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from understudy.conform.check import Check
    from understudy.conform.world import World

_RECIPE = "arn:aws:personalize:::recipe/aws-item-affinity"
_TRAINING_USD = 0.10
"""1,200 interactions are trained on, at the least that is charged."""
_USERS = 5
_DELETION = ("PENDING", "IN_PROGRESS", "COMPLETED")
_STORAGE = frozenset({Need.STORAGE})


def personalize_segment_checks() -> Iterator[Check]:
    """Yield the checks of whole lives of segments and deletions; the latter comes last, as it takes data."""
    yield Journey(
        name="an item gets a segment of users",
        service=SERVICE,
        steps=_segments,
        origin=Origin.DOCUMENTED,
        cost_usd=_TRAINING_USD,
        needs=_STORAGE,
    )
    yield Journey(
        name="users are deleted, and a file without their column is not taken",
        service=SERVICE,
        steps=_deletes,
        origin=Origin.DOCUMENTED,
        cost_usd=0.0001,
        needs=_STORAGE,
    )


def _segments(world: World) -> Iterator[Difference]:
    import_interactions(world)
    asked = {
        "name": world.name("segments"),
        "datasetGroupArn": group(world),
        "recipeArn": _RECIPE,
        "performAutoTraining": False,
    }
    solution = made(world, "Solution", asked)
    version = world.call(SERVICE, "CreateSolutionVersion", {"solutionArn": solution})["solutionVersionArn"]
    yield from followed_by_arn(world, "SolutionVersion", version).differences(CREATION)
    source = world.put("personalize/items.json", b'{"itemId": "i1"}\n{"itemId": "i2"}\n')
    job: dict[str, Any] = {
        "jobName": world.name("segment"),
        "solutionVersionArn": version,
        "numResults": _USERS,
        "jobInput": {"s3DataSource": {"path": source}},
        "jobOutput": {"s3DataDestination": {"path": world.uri("personalize/segments/")}},
        "roleArn": world.role_arn,
    }
    invalid = Refused("InvalidInputException", "")
    yield from refusal(
        world,
        SERVICE,
        "CreateBatchSegmentJob",
        {**job, "jobOutput": {"s3DataDestination": {"path": source}}},
        invalid,
    )
    yield from refusal(world, SERVICE, "CreateBatchInferenceJob", job, invalid)
    campaign = {"name": world.name("none"), "solutionVersionArn": version}
    yield from refusal(world, SERVICE, "CreateCampaign", campaign, invalid)
    arn = world.call(SERVICE, "CreateBatchSegmentJob", job)["batchSegmentJobArn"]
    done = followed_by_arn(world, "BatchSegmentJob", arn)
    yield from done.differences(CREATION, ("PENDING", "IN PROGRESS", "ACTIVE"))
    described = world.call(SERVICE, "DescribeBatchSegmentJob", {"batchSegmentJobArn": arn})
    yield from shape_differences(SERVICE, "DescribeBatchSegmentJob", described)
    if done.states[-1] == CREATION[-1]:
        written = world.get(world.uri("personalize/segments/items.json.out")).decode().splitlines()
        lines = [json.loads(line) for line in written]
        yield from same("items", {"i1", "i2"}, {line["input"]["itemId"] for line in lines})
        for line in lines:
            yield from _segment(line)


def _segment(line: Mapping[str, Any]) -> Iterator[Difference]:
    users = line["output"]["recommendedUsers"]
    yield from same("users of a segment", _USERS, len(set(users)))
    yield from same("users that there are not", [], [user for user in users if not user.startswith("u")])


def _deletes(world: World) -> Iterator[Difference]:
    dataset(world)
    for name, content, states in (
        ("users", b"USER_ID\nu1\nnobody\n", _DELETION),
        ("items", b"ITEM_ID\ni1\n", (*_DELETION[:-1], "FAILED")),
    ):
        asked = {
            "jobName": world.name(f"delete-{name}"),
            "datasetGroupArn": group(world),
            "dataSource": {"dataLocation": world.put(f"personalize/delete/{name}.csv", content)},
            "roleArn": world.role_arn,
        }
        arn = world.call(SERVICE, "CreateDataDeletionJob", asked)["dataDeletionJobArn"]
        yield from followed_by_arn(world, "DataDeletionJob", arn).differences(states)
