from datetime import UTC, datetime, timedelta
from typing import Any

from understudy.page.page import duration, without_values
from understudy.page.resources import ResourceList, resource_lists
from understudy.wire.service import Handler, Params, Service, ServiceError

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


def entry(name: str, *, age: timedelta = timedelta(), **members: Any) -> Params:  # noqa: ANN401 - any member
    """Return an entry of a list of campaigns."""
    return {"name": name, "campaignArn": f"arn:{name}", "creationDateTime": NOON - age, **members}


def listing(*pages: list[Params]) -> Handler:
    """Return a List operation with these pages."""

    async def answer(params: Params) -> Params:
        number = int(params.get("nextToken", 0))
        following = {"nextToken": str(number + 1)} if number + 1 < len(pages) else {}
        return {"campaigns": pages[number], **following}

    return answer


def campaigns(*pages: list[Params]) -> ResourceList:
    """Return the campaigns of a service with this list."""
    [found] = resource_lists([Service("personalize", {"ListCampaigns": listing(*pages)})])
    return found


async def test_all_pages_of_a_list_are_read_newest_first() -> None:
    """The order of the service does not matter."""
    old, new = entry("old", age=timedelta(hours=1)), entry("new")
    kind = await campaigns([old], [new]).kind()
    assert kind.title == "Campaigns"
    assert [each.name for each in kind.resources] == ["new", "old"]


async def test_a_list_without_an_end_is_left() -> None:
    """A fault in a service does not hang the page."""

    async def endless(_params: Params) -> Params:
        return {"campaigns": [entry("one")], "nextToken": "1"}

    [found] = resource_lists([Service("personalize", {"ListCampaigns": endless})])
    assert len((await found.kind()).resources) == 20


async def test_what_has_no_state_exists_since_its_creation() -> None:
    """A schema is neither pending nor active."""
    [schema] = (await campaigns([entry("schema")]).kind()).resources
    assert (schema.state, schema.changed, schema.reason) == (None, NOON, None)


async def test_a_list_that_is_refused_says_why() -> None:
    """The rest of the page is shown all the same."""

    async def throttled(_params: Params) -> Params:
        raise ServiceError("ThrottlingException", "Rate exceeded")

    [found] = resource_lists([Service("personalize", {"ListCampaigns": throttled})])
    kind = await found.kind()
    assert (kind.problem, list(kind.resources)) == ("ThrottlingException", [])


def test_lists_that_are_not_of_resources_are_left_out() -> None:
    """Those that need a parameter, those of what AWS has itself, and operations that list nothing."""
    names = ("ListTagsForResource", "ListRecipes", "DescribeCampaign", "ListFilters")
    service = Service("personalize", dict.fromkeys(names, listing([])))
    assert [each.title for each in resource_lists([service])] == ["Filters"]


def test_durations_are_in_their_largest_unit() -> None:
    """A clock that went back shows nothing negative."""
    shown = [duration(seconds) for seconds in (-5, 0, 59.9, 60, 3_599, 3_600, 86_399, 86_400 * 3)]
    assert shown == ["0 s", "0 s", "59 s", "1 min", "59 min", "1 h", "23 h", "3 d"]


def test_values_of_a_request_are_not_shown() -> None:
    """A validation message quotes them: they may be anybody's name, of several lines, with quotes."""
    message = (
        "2 validation errors detected: Value 'Jane's\nmail' at 'userId' failed to satisfy constraint: x; "
        "Value 'b' at 'text' failed to satisfy constraint: y"
    )
    assert without_values(message) == (
        "2 validation errors detected: Value at 'userId' failed to satisfy constraint: x; "
        "Value at 'text' failed to satisfy constraint: y"
    )


def test_long_messages_are_cut() -> None:
    """One error does not fill the page."""
    assert without_values("x" * 1_000) == f"{'x' * 240}…"
