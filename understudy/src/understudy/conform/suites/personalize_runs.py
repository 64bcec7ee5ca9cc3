"""Personalize's resources, from creation to deletion: imports, training, inference, campaigns, lost users."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from understudy.conform.case import Journey, Refused, refusal, same, shape_differences
from understudy.conform.check import Difference, Need, Origin
from understudy.conform.suites.personalize_imports import import_interactions
from understudy.conform.suites.shop import (
    CREATION,
    FAILED_CREATION,
    RECIPE,
    SERVICE,
    dataset,
    followed_by_arn,
    group,
    made,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from understudy.conform.check import Check
    from understudy.conform.world import World

_METRICS = {
    "coverage",
    "mean_reciprocal_rank_at_25",
    *(f"normalized_discounted_cumulative_gain_at_{k}" for k in (5, 10, 25)),
    *(f"precision_at_{k}" for k in (5, 10, 25)),
}
_TRAINING_USD = 0.10
"""1,200 interactions are trained on and two users are answered, at the least that is charged."""
_CAMPAIGN_USD = 1.0
"""A transaction a second for the two hours that a campaign may take to be made and deleted."""
_DELETION = ("PENDING", "IN_PROGRESS", "COMPLETED")
_STORAGE = frozenset({Need.STORAGE})


def personalize_run_checks() -> Iterator[Check]:
    """Yield the checks of whole lives of resources; deletions come last, as they take data."""
    yield Journey(name="a dataset group comes and goes", service=SERVICE, steps=_comes_and_goes)
    yield Journey(
        name="interactions are imported, trained on, measured, and answer a batch",
        service=SERVICE,
        steps=_trains,
        origin=Origin.DOCUMENTED,
        cost_usd=_TRAINING_USD,
        needs=_STORAGE,
    )
    yield Journey(
        name="training on too few events fails, and says why",
        service=SERVICE,
        steps=_training_fails,
        origin=Origin.QUOTED,
        cost_usd=_TRAINING_USD,
        needs=_STORAGE,
    )
    yield Journey(
        name="a campaign answers for a user, known or not",
        service=SERVICE,
        steps=_serves,
        origin=Origin.DOCUMENTED,
        cost_usd=_TRAINING_USD + _CAMPAIGN_USD,
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


def _comes_and_goes(world: World) -> Iterator[Difference]:
    asked = {"name": world.name("short-lived")}
    arn = world.call(SERVICE, "CreateDatasetGroup", asked)["datasetGroupArn"]
    yield from same("its ARN", world.arn(f"dataset-group/{asked['name']}"), arn)
    yield from followed_by_arn(world, "DatasetGroup", arn).differences(CREATION)
    described = world.call(SERVICE, "DescribeDatasetGroup", {"datasetGroupArn": arn})
    yield from shape_differences(SERVICE, "DescribeDatasetGroup", described)
    yield from same("its name", asked["name"], described["datasetGroup"]["name"])
    answer = world.call(SERVICE, "DeleteDatasetGroup", {"datasetGroupArn": arn})
    yield from same("the answer to its deletion", {}, answer)


def _version(world: World) -> str:
    """Return the ARN of a version that is trained on imported interactions."""
    import_interactions(world)
    asked = {
        "name": world.name("solution"),
        "datasetGroupArn": group(world),
        "recipeArn": RECIPE,
        "performAutoTraining": False,
    }
    solution = made(world, "Solution", asked)
    version = world.call(SERVICE, "CreateSolutionVersion", {"solutionArn": solution})
    return str(version["solutionVersionArn"])


def _training_fails(world: World) -> Iterator[Difference]:
    """Train on events of a type that no interaction has."""
    world.once("version", _version)
    asked = {
        "name": world.name("solution-of-none"),
        "datasetGroupArn": group(world),
        "recipeArn": RECIPE,
        "eventType": "none",
        "performAutoTraining": False,
    }
    solution = made(world, "Solution", asked)
    version = world.call(SERVICE, "CreateSolutionVersion", {"solutionArn": solution})["solutionVersionArn"]
    training = followed_by_arn(world, "SolutionVersion", version)
    yield from training.differences(FAILED_CREATION)
    expected = "Dataset has fewer than 1000 interactions after filtering by event type: none"
    yield from same("failureReason", expected, training.reason)


def _trains(world: World) -> Iterator[Difference]:
    version = world.once("version", _version)
    yield from followed_by_arn(world, "SolutionVersion", version).differences(CREATION)
    answer = world.call(SERVICE, "GetSolutionMetrics", {"solutionVersionArn": version})
    yield from shape_differences(SERVICE, "GetSolutionMetrics", answer)
    missing = _METRICS - set(answer["metrics"])
    yield from same("metrics that are missing", set(), missing)
    yield from _infers(world, version)


def _infers(world: World, version: str) -> Iterator[Difference]:
    source = world.put("personalize/users.json", b'{"userId": "u1"}\n{"userId": "nobody"}\n')
    asked: dict[str, Any] = {
        "jobName": world.name("inference"),
        "solutionVersionArn": version,
        "numResults": 5,
        "jobInput": {"s3DataSource": {"path": source}},
        "jobOutput": {"s3DataDestination": {"path": world.uri("personalize/out/")}},
        "roleArn": world.role_arn,
    }
    for code, text, changes in (
        (
            "InvalidInputException",
            "Invalid S3 output path",
            {"jobOutput": {"s3DataDestination": {"path": source}}},
        ),
        ("InvalidInputException", "", {"numResults": 501}),
        ("ResourceNotFoundException", "", {"filterArn": world.arn("filter/none")}),
    ):
        yield from refusal(
            world, SERVICE, "CreateBatchInferenceJob", {**asked, **changes}, Refused(code, text)
        )
    arn = world.call(SERVICE, "CreateBatchInferenceJob", asked)["batchInferenceJobArn"]
    job = followed_by_arn(world, "BatchInferenceJob", arn)
    yield from job.differences(CREATION, ("PENDING", "IN PROGRESS", "ACTIVE"))
    if job.states[-1] == CREATION[-1]:
        written = world.get(world.uri("personalize/out/users.json.out")).decode().splitlines()
        lines = [json.loads(line) for line in written]
        yield from same("users", {"u1", "nobody"}, {line["input"]["userId"] for line in lines})
        for line in lines:
            yield from _recommended(line)


def _recommended(line: Mapping[str, Any]) -> Iterator[Difference]:
    yield from same("members of a line", {"input", "output", "error"}, set(line))
    yield from same("its error", None, line["error"])
    yield from same("its items", 5, len(line["output"]["recommendedItems"]))
    yield from same("its scores", 5, len(line["output"]["scores"]))


def _serves(world: World) -> Iterator[Difference]:
    version = world.once("version", _version)
    yield from followed_by_arn(world, "SolutionVersion", version).differences(CREATION)
    asked = {"name": world.name("campaign"), "solutionVersionArn": version, "minProvisionedTPS": 1}
    campaign = world.call(SERVICE, "CreateCampaign", asked)["campaignArn"]
    yield from followed_by_arn(world, "Campaign", campaign).differences(CREATION)
    for user in ("u1", "nobody"):
        params = {"campaignArn": campaign, "userId": user, "numResults": 5}
        answer = world.call("personalize-runtime", "GetRecommendations", params)
        yield from shape_differences("personalize-runtime", "GetRecommendations", answer)
        yield from same(f"items for {user}", 5, len(answer["itemList"]))


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
