"""Automatic training and campaigns that follow it: by a clock that tests set."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest

from tools.understudy.tests.personalize_shop import RECIPES, arn_of, event, opened, tracker
from tools.understudy.tests.personalize_world import objects
from tools.understudy.tests.unit.test_personalize_service import Api, FakeS3
from tools.understudy.tests.unit.test_personalize_updates import updated
from understudy.personalize import PersonalizeOptions
from understudy.personalize.automatic import DAY_S, Automatic
from understudy.wire.service import Params

HOUR_S = DAY_S / 24
NO_SCHEDULE: Params = {}
EVERY_OTHER_DAY = {"solutionConfig": {"autoTrainingConfig": {"schedulingExpression": "rate(2 days)"}}}


@pytest.fixture
def s3() -> FakeS3:
    """A bucket with the shop's files."""
    return FakeS3(objects())


@pytest.fixture
async def api(s3: FakeS3) -> AsyncIterator[Api]:
    """A small shop, into which everything has been imported."""
    async with opened(s3) as made:
        yield made


def automatic(api: Api) -> Automatic:
    """What Personalize does by itself; nothing unless it is told to look."""
    parts: Any = cast("Any", api._services[0].close).__self__
    found: Automatic = parts.automatic
    return found


async def look(api: Api, after_s: float) -> list[Params]:
    """Let so much time pass, and return the versions that there are then, with the automatic ones trained."""
    automatic(api).now = lambda: time.time() + after_s
    await automatic(api).look()
    for each in await versions(api):
        await api.settled("SolutionVersion", each["solutionVersionArn"])
    return await versions(api)


async def versions(api: Api) -> list[Params]:
    """Return all versions, described."""
    listed = (await api.call("ListSolutionVersions"))["solutionVersions"]
    return [
        (await api.call("DescribeSolutionVersion", solutionVersionArn=each["solutionVersionArn"]))[
            "solutionVersion"
        ]
        for each in listed
    ]


async def solution(api: Api, **params: object) -> str:
    """Return the ARN of a solution."""
    group = await arn_of(api, "DatasetGroup")
    recipe = RECIPES + "user-personalization-v2"
    return await api.made("Solution", name="shop", datasetGroupArn=group, recipeArn=recipe, **params)


async def bought(api: Api) -> None:
    """Record an event."""
    made = await tracker(api)
    await api.call(
        "PutEvents",
        trackingId=made,
        userId="u1",
        sessionId="s1",
        eventList=[event("i1", at=datetime(2026, 5, 1, tzinfo=UTC))],
    )


async def test_the_first_version_begins_within_an_hour(api: Api) -> None:
    """It says that nobody has asked for it, and is trained as any other."""
    arn = await solution(api)
    assert await look(api, 0) == []
    assert await look(api, HOUR_S / 2) == []
    [version] = await look(api, HOUR_S + 1)
    assert (version["trainingType"], version["trainingMode"]) == ("AUTOMATIC", "FULL")
    assert (version["solutionArn"], version["status"]) == (arn, "ACTIVE")
    assert await look(api, HOUR_S + 2) == [version]
    latest = (await api.call("DescribeSolution", solutionArn=arn))["solution"]["latestSolutionVersion"]
    assert latest["trainingType"] == "AUTOMATIC"


async def test_nothing_is_trained_where_it_is_off(api: Api) -> None:
    """As callers have it who train themselves."""
    await solution(api, performAutoTraining=False)
    assert await look(api, 0) == await look(api, 100 * DAY_S) == []


async def test_a_version_within_the_hour_stands_for_the_first_one(api: Api) -> None:
    """The next one is due when a period has passed since then."""
    arn = await solution(api)
    assert await look(api, 0) == []
    await api.made("SolutionVersion", solutionArn=arn)
    await bought(api)
    [manual] = await look(api, HOUR_S + 1)
    assert manual["trainingType"] == "MANUAL"
    assert len(await look(api, 7 * DAY_S - 1)) == 1
    assert [each["trainingType"] for each in await look(api, 7 * DAY_S + 1)] == ["MANUAL", "AUTOMATIC"]


@pytest.mark.parametrize(("params", "days"), [(NO_SCHEDULE, 7), (EVERY_OTHER_DAY, 2)])
async def test_further_ones_follow_the_schedule_if_there_is_something_new(
    api: Api, params: Params, days: int
) -> None:
    """Without news a training is left out, and the next one is due a period later."""
    await solution(api, **params)
    await look(api, 0)
    assert len(await look(api, HOUR_S + 1)) == 1
    first = HOUR_S + 1 + days * DAY_S
    assert len(await look(api, first + 1)) == 1
    await bought(api)
    assert len(await look(api, first + days * DAY_S / 2)) == 1
    assert len(await look(api, first + days * DAY_S + 2)) == 2


async def test_an_import_is_something_new(api: Api, s3: FakeS3) -> None:
    """What is imported in bulk counts as what is put."""
    await solution(api)
    await look(api, 0)
    assert len(await look(api, HOUR_S + 1)) == 1
    s3.objects["again.csv"] = s3.objects["interactions.csv"]
    await api.load(await arn_of(api, "Dataset", "INTERACTIONS"), "again")
    assert len(await look(api, HOUR_S + 2 + 7 * DAY_S)) == 2


async def test_without_interactions_nothing_is_trained(api: Api) -> None:
    """There is no caller who could be told; the next one is tried a period later."""
    group = await api.made("DatasetGroup", name="empty")
    schema = await arn_of(api, "Schema", "/Interactions")
    dataset = {"name": "i", "schemaArn": schema, "datasetGroupArn": group, "datasetType": "Interactions"}
    await api.made("Dataset", **dataset)
    recipe = RECIPES + "user-personalization-v2"
    await api.made("Solution", name="shop", datasetGroupArn=group, recipeArn=recipe)
    await look(api, 0)
    assert await look(api, HOUR_S + 1) == await look(api, 8 * DAY_S) == []


@pytest.mark.parametrize(
    "change",
    [
        {"performAutoTraining": True},
        {"performAutoTraining": True, "solutionUpdateConfig": EVERY_OTHER_DAY["solutionConfig"]},
    ],
)
async def test_an_update_turns_it_on(api: Api, change: Params) -> None:
    """The first training begins within an hour after the update."""
    arn = await solution(api, performAutoTraining=False)
    await look(api, 0)
    await api.call("UpdateSolution", solutionArn=arn, **change)
    await updated(api, "Solution", arn)
    assert await look(api, 0) == []
    assert len(await look(api, HOUR_S + 1)) == 1


async def test_another_schedule_begins_anew(api: Api) -> None:
    """A version is trained within an hour, if there is something new; turned off, no more are."""
    arn = await solution(api)
    await look(api, 0)
    assert len(await look(api, HOUR_S + 1)) == 1
    await bought(api)
    await asyncio.sleep(0.01)
    await api.call("UpdateSolution", solutionArn=arn, solutionUpdateConfig=EVERY_OTHER_DAY["solutionConfig"])
    await updated(api, "Solution", arn)
    await look(api, 0)
    assert len(await look(api, HOUR_S + 1)) == 2
    await api.call("UpdateSolution", solutionArn=arn, performAutoTraining=False)
    await updated(api, "Solution", arn)
    await bought_again(api)
    assert len(await look(api, 100 * DAY_S)) == 2


async def bought_again(api: Api) -> None:
    """Record another event."""
    [made] = (await api.call("ListEventTrackers"))["eventTrackers"]
    shown = await api.call("DescribeEventTracker", eventTrackerArn=made["eventTrackerArn"])
    await api.call(
        "PutEvents",
        trackingId=shown["eventTracker"]["trackingId"],
        userId="u2",
        sessionId="s2",
        eventList=[event("i2", at=datetime(2026, 5, 2, tzinfo=UTC))],
    )


async def test_a_campaign_follows_if_it_is_told_so(api: Api) -> None:
    """Another one keeps its version; nothing is updated twice."""
    arn = await solution(api, performAutoTraining=False)
    first = await api.made("SolutionVersion", solutionArn=arn)
    fixed = await api.made("Campaign", name="fixed", solutionVersionArn=first)
    config = {"syncWithLatestSolutionVersion": True}
    follows = {"solutionVersionArn": f"{arn}/$LATEST", "campaignConfig": config}
    following = await api.made("Campaign", name="following", **follows)
    await look(api, 0)
    assert "latestCampaignUpdate" not in await described(api, following)
    newer = await api.made("SolutionVersion", solutionArn=arn)
    await look(api, 0)
    shown = await updated(api, "Campaign", following)
    assert (shown["solutionVersionArn"], shown["campaignConfig"]) == (newer, config)
    await look(api, 0)
    assert await described(api, following) == shown
    assert (await described(api, fixed))["solutionVersionArn"] == first


async def described(api: Api, arn: str) -> Params:
    """Return a campaign."""
    found: Params = (await api.call("DescribeCampaign", campaignArn=arn))["campaign"]
    return found


async def test_what_is_due_is_known_after_a_restart(tmp_path: Path) -> None:
    """A training that was due meanwhile begins at the next look."""
    s3, options = FakeS3(objects()), PersonalizeOptions(state_dir=tmp_path)
    before = Api(s3, options=options)
    await before._services[0].open()  # type: ignore[misc] # it has one
    group, dataset = await before.dataset()
    s3.objects["a.csv"] = s3.objects["interactions.csv"]
    await before.load(dataset, "a")
    recipe = RECIPES + "user-personalization-v2"
    await before.made("Solution", name="shop", datasetGroupArn=group, recipeArn=recipe)
    assert await look(before, 0) == []
    await before.close()
    after = Api(s3, options=options)
    await after._services[0].open()  # type: ignore[misc] # it has one
    assert await look(after, 0) == []
    assert len(await look(after, HOUR_S + 1)) == 1
    await after.close()


async def test_it_is_looked_at_all_the_time() -> None:
    """With a shorter day, the first training begins by itself; one failed look does not end it."""
    options = PersonalizeOptions(day_s=0.24)
    async with opened(FakeS3(objects()), options=options) as made:
        own, looks = automatic(made), 0

        def fail_once() -> float:
            nonlocal looks
            looks += 1
            if looks == 1:
                raise RuntimeError
            return time.time()

        own.now = fail_once
        await solution(made)
        own.start()
        async with asyncio.timeout(60):
            await trained(made)
    assert looks > 1


async def trained(api: Api) -> None:
    """Wait until there is a version."""
    while True:
        if await versions(api):
            return
        await asyncio.sleep(0.005)
