"""What a campaign answers beside a ranking: filters, what was done since the training, who is forgotten."""

from collections.abc import AsyncIterator

import pytest
from personalize_shop import (
    arn_of,
    batch,
    campaign,
    deleted,
    event,
    filter_of,
    items_of,
    opened,
    tracker,
)
from personalize_world import objects
from unit.test_personalize_service import Api, FakeS3

OF_KIND = "INCLUDE ItemID WHERE Items.CATEGORY IN ($KIND)"


@pytest.fixture
def s3() -> FakeS3:
    """A bucket with a small shop."""
    return FakeS3(objects())


@pytest.fixture
async def api(s3: FakeS3) -> AsyncIterator[Api]:
    """The shop."""
    async with opened(s3) as made:
        yield made


def kind(item: str) -> int:
    """Return the kind of an item, which is also the taste that it suits."""
    return int(item[1:]) % 3


async def test_batches_are_filtered_line_by_line(api: Api, s3: FakeS3) -> None:
    """By the user's events and description, and by the values in the line; a missing value fails its line."""
    await campaign(api)
    version = await arn_of(api, "SolutionVersion")
    of_kind = await filter_of(
        api, OF_KIND + ' | EXCLUDE ItemID WHERE Items.CATEGORY IN ("kind2") IF CurrentUser.AGE > 35'
    )
    both = {"filterValues": {"KIND": '"kind1","kind2"'}}
    lines = await batch(
        api,
        s3,
        [{"userId": "u1", **both}, {"userId": "u2", **both}, {"userId": "u1"}],
        solutionVersionArn=version,
        filterArn=of_kind,
    )
    kinds = [{kind(item) for item in line["output"]["recommendedItems"]} for line in lines[:2]]
    assert kinds == [{1, 2}, {1}]  # u2 is 40 years old
    assert (lines[2]["output"], "KIND" in lines[2]["error"]) == (None, True)


async def test_batches_consider_what_users_have_done_since_the_training(api: Api, s3: FakeS3) -> None:
    """Each line is answered as a request would be, whoever has new events and whoever has none."""
    live, tracking_id = await campaign(api), await tracker(api)
    version, users = await arn_of(api, "SolutionVersion"), ("u1", "newcomer", "u4", "nobody")
    lines = [{"userId": user} for user in users]

    async def batched(name: str) -> list[list[str]]:
        found = await batch(api, s3, lines, jobName=name, numResults=8, solutionVersionArn=version)
        return [line["output"]["recommendedItems"] for line in found]

    before = await batched("before")
    for user in users[:2]:
        sent = [event("i2"), event("i5")]
        await api.call("PutEvents", trackingId=tracking_id, sessionId="s", userId=user, eventList=sent)
    after = await batched("after")
    for user, found in zip(users, after, strict=True):
        answer = await api.call("GetRecommendations", campaignArn=live, userId=user, numResults=8)
        assert items_of(answer) == found, user
    assert [first == second for first, second in zip(before, after, strict=True)] == [
        False,
        False,
        True,
        True,
    ]


async def test_deleted_users_are_forgotten_by_models(api: Api, s3: FakeS3) -> None:
    """They get what somebody unknown gets, in requests and in batches; others get what they got."""
    live = await campaign(api)

    async def found(user: str) -> list[str]:
        return items_of(await api.call("GetRecommendations", campaignArn=live, userId=user, numResults=8))

    before = {user: await found(user) for user in ("u1", "u4", "nobody")}
    assert before["u1"] != before["nobody"]
    assert (await deleted(api, s3, "u1", "stranger"))["status"] == "COMPLETED"
    assert await found("u1") == before["nobody"]
    assert await found("u4") == before["u4"]
    lines = await batch(
        api,
        s3,
        [{"userId": "u1"}, {"userId": "u4"}],
        numResults=8,
        solutionVersionArn=await arn_of(api, "SolutionVersion"),
    )
    assert [line["output"]["recommendedItems"] for line in lines] == [before["nobody"], before["u4"]]


async def test_a_deleted_user_may_come_back(api: Api, s3: FakeS3) -> None:
    """What they do afterwards counts as that of anybody new."""
    live, tracking_id = await campaign(api), await tracker(api)
    await deleted(api, s3, "u1")
    await api.call("PutEvents", trackingId=tracking_id, sessionId="s", userId="u1", eventList=[event("i2")])
    answer = await api.call("GetRecommendations", campaignArn=live, userId="u1", numResults=5)
    assert {kind(item) for item in items_of(answer)} == {2}


async def test_a_training_that_is_under_way_is_forgotten_too(s3: FakeS3) -> None:
    """A deletion waits for it: its model had been given what was known of the user."""
    async with opened(s3) as api:
        live = await campaign(api)
        solution = await arn_of(api, "Solution")
        version = (await api.call("CreateSolutionVersion", solutionArn=solution))["solutionVersionArn"]
        assert (await deleted(api, s3, "u1"))["status"] == "COMPLETED"
        shown = (await api.call("DescribeSolutionVersion", solutionVersionArn=version))["solutionVersion"]
        assert shown["status"] == "ACTIVE"
        second = await api.made("Campaign", name="second", solutionVersionArn=version)
        for arn in (live, second):
            answers = [
                items_of(await api.call("GetRecommendations", campaignArn=arn, userId=user))
                for user in ("u1", "nobody")
            ]
            assert answers[0] == answers[1]
