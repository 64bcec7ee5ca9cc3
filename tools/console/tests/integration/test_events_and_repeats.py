"""Events tell nobody what only another role may see, and what is sent twice is done once."""

import re
from contextlib import aclosing
from http import HTTPStatus

import pytest

from fondly.console.roles import Role
from fondly.operations.emails.judging import judgements
from fondly.operations.suppressions.people import open_consent
from fondly.runtime.runs.revisions import Revisions
from tests.support.runs import RUN
from tools.console.tests.conftest import Asking
from tools.console.tests.finished_run import GREETED, WORDING, put_run
from tools.console.tests.support import KEY, WHO, put_customer

BASE = f"/runs/{RUN}"
STREAMS = (f"{BASE}/live?seen=x", f"{BASE}/stages/live", "/queues/live")
PERSONAL = re.compile(rf"CUST-|{GREETED}|@|Lamp|It hums|<form|<button")


@pytest.mark.parametrize("path", STREAMS)
async def test_whoever_follows_is_told_figures_alone(console: Asking, path: str) -> None:
    """What is told is the same for all who follow: nothing of customers, and nothing to act by."""
    await put_run(console.environment)
    told = await console.as_(Role.VIEWER).event(path)
    assert (told.status, told.text[:5]) == (HTTPStatus.OK, "data:")
    assert not PERSONAL.search(told.text)


async def test_who_opens_what_others_follow_is_shown_what_they_were_told(console: Asking) -> None:
    """Queues are looked at once for all."""

    async def look() -> dict[str, list[str]]:
        return {"queues": [], "alarms": []}

    assert "mailer" in (await console.get("/queues")).main
    async with aclosing(console.console.live.follow("queues", look, 60.0)) as told:
        await anext(told)
        assert "mailer" not in (await console.get("/queues")).main


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
