"""What nobody can do, by whatever route: act without the role, act twice, or be told another role's facts."""

import re
from http import HTTPStatus

import pytest
from starlette.routing import Route

from fondly.console.api.routes import ROUTES as API_ROUTES
from fondly.console.pages import AREAS
from fondly.console.roles import ROLE_OF_HANDLER, Person, Role
from fondly.operations.emails.judging import judgements
from fondly.operations.suppressions.people import open_consent
from fondly.runtime.runs.revisions import Revisions
from tests.support.runs import RUN
from tools.console.tests.conftest import Asked, Asking
from tools.console.tests.finished_run import GREETED, WORDING, put_run
from tools.console.tests.support import KEY, WHO, put_customer

BASE = f"/runs/{RUN}"
PARAMETER = re.compile(r"\{[^}]*\}")
STREAMS = (f"{BASE}/live?seen=x", f"{BASE}/work/live", "/queues/live")
PERSONAL = re.compile(rf"CUST-|{GREETED}|@|Lamp|It hums|<form|<button")
FORGED = {
    "x-amzn-oidc-identity": "eve",
    "x-amzn-oidc-data": "e30.e30.",
    "x-forwarded-user": "eve",
    "role": "operator",
}


async def sent(console: Asking, route: Route, path: str) -> list[Asked]:
    """Send a request for each method of a route."""
    methods = (route.methods or {"GET"}) - {"HEAD"}
    headers = {**FORGED, "sec-fetch-site": "same-origin", "content-type": "application/x-www-form-urlencoded"}
    return [await console.ask(each, path, b"role=operator", headers) for each in methods]


async def test_no_route_serves_whoever_lacks_its_role(console: Asking) -> None:
    """Pages and API, reading and acting, whatever headers and fields claim; the refusal names the role."""
    for route in (*(route for area in AREAS for route in area.ROUTES), *API_ROUTES):
        needed, path = getattr(route.endpoint, ROLE_OF_HANDLER), PARAMETER.sub("1", route.path)
        for role in (role for role in Role if not Person.of("Eve", [role]).may(needed)):
            for asked in await sent(console.as_(role), route, path):
                assert asked.status == HTTPStatus.FORBIDDEN, (route.path, role)
                assert f"this takes the role {needed}" in asked.text
        for asked in await sent(console.as_(), route, path):
            assert asked.status == HTTPStatus.UNAUTHORIZED, route.path


@pytest.mark.parametrize("path", STREAMS)
async def test_whoever_follows_is_told_figures_alone(console: Asking, path: str) -> None:
    """What is told is the same for all who follow: nothing of customers, and nothing to act by."""
    await put_run(console.environment)
    told = await console.as_(Role.VIEWER).event(path)
    assert (told.status, told.text[:5]) == (HTTPStatus.OK, "data:")
    assert not PERSONAL.search(told.text)


async def test_what_is_sent_twice_is_done_once(console: Asking) -> None:
    """By an impatient finger or a network that repeats: strikes, judgements, suppressing."""
    environment = console.environment
    await put_run(environment)
    shown = (await console.get(f"{BASE}/read")).text
    (key,) = set(re.findall(r'name="key" value="([^"]+)"', shown))
    for path, fields in (
        (f"{BASE}/read/fine", {"of": "0", "key": key}),
        (f"{BASE}/strikes", {"wording": WORDING.digest}),
    ):
        for _ in range(2):
            asked = await console.post(path, fields)
            assert asked.status in {HTTPStatus.SEE_OTHER, HTTPStatus.CONFLICT}, asked.text
    assert len(await judgements(environment, RUN)) == 1
    assert (await Revisions(environment.dynamodb, environment.table_name("runs")).find(RUN)).number == 1
    await put_customer(environment)
    for _ in range(2):
        await console.post(f"/customers/{KEY}/suppress")
    assert len(await (await open_consent(environment)).suppressed([(WHO, None)])) == 1
