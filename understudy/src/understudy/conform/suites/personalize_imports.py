"""Imports into a dataset of Personalize that fail, each for a reason."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from understudy.conform.case import Journey
from understudy.conform.check import Difference, Need, Origin
from understudy.conform.suites.shop import (
    CREATION,
    FAILED_CREATION,
    SERVICE,
    dataset,
    followed_by_arn,
    interactions_csv,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from understudy.conform.check import Check
    from understudy.conform.world import World


def personalize_import_checks() -> Iterator[Check]:
    """Yield the checks of imports."""
    for what, body, text in (
        ("no file", None, "Insufficient privileges"),
        (
            "a column missing",
            lambda: interactions_csv(header="USER_ID,ITEM_ID,TIMESTAMP,KIND"),
            "missing the following columns:[EVENT_TYPE]",
        ),
        ("fewer than 1,000 rows", lambda: interactions_csv(999), "1000"),
        ("a time that is no number", lambda: interactions_csv() + b"\nu1,i1,yesterday,view", "conform"),
    ):
        yield Journey(
            name=f"an import with {what} fails, and says why",
            service=SERVICE,
            steps=partial(_import_fails, what.replace(" ", "-").replace(",", ""), body, text),
            origin=Origin.DOCUMENTED,
            needs=frozenset({Need.STORAGE}),
        )


def start_import(world: World, name: str, location: str) -> str:
    """Start an import of interactions, and return its ARN."""
    asked = {
        "jobName": world.name(name),
        "datasetArn": dataset(world),
        "dataSource": {"dataLocation": location},
        "roleArn": world.role_arn,
    }
    return str(world.call(SERVICE, "CreateDatasetImportJob", asked)["datasetImportJobArn"])


def import_interactions(world: World) -> None:
    """Let the dataset have interactions; raise RuntimeError if the import fails."""

    def imported(world: World) -> str:
        location = world.put("personalize/interactions.csv", interactions_csv())
        arn = start_import(world, "import", location)
        found = followed_by_arn(world, "DatasetImportJob", arn)
        if found.states[-1] != CREATION[-1]:
            raise RuntimeError(f"{arn} is {found.states[-1]}: {found.reason}")
        return arn

    world.once("interactions", imported)


def _import_fails(
    name: str, body: Callable[[], bytes] | None, text: str, world: World
) -> Iterator[Difference]:
    key = f"personalize/{name}.csv"
    location = world.uri(key) if body is None else world.put(key, body())
    job = followed_by_arn(world, "DatasetImportJob", start_import(world, name, location))
    yield from job.differences(FAILED_CREATION)
    if text not in job.reason:
        yield Difference("failureReason", f"…{text}…", job.reason)
