"""What every page has in common: who may ask, from where, and what an answer carries."""

from http import HTTPStatus

import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from fondly.console.pages import AREAS
from fondly.console.roles import ROLE_OF_HANDLER, Role
from fondly.console.static_files import KEPT, address
from tools.console.tests.conftest import Asking

ROUTES = [route for area in AREAS for route in area.ROUTES]


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.path)
def test_every_page_names_the_role_that_it_takes(route: Route) -> None:
    """None can be forgotten."""
    assert getattr(route.endpoint, ROLE_OF_HANDLER) in set(Role)


async def test_nobody_sees_anything_unless_they_are_known(console: Asking) -> None:
    """Whatever the address."""
    console.as_()
    for path in ("/", "/runs", "/api/v1/runs", "/nothing"):
        asked = await console.get(path)
        assert asked.status == HTTPStatus.UNAUTHORIZED


async def test_an_answer_has_the_headers_of_a_careful_page(console: Asking) -> None:
    """Scripts and styles are ours alone, nothing but those is kept, and no address is told on."""
    asked = await console.get("/")
    assert asked.status == HTTPStatus.OK
    assert "script-src 'self'" in asked.headers["content-security-policy"]
    assert "unsafe" not in asked.headers["content-security-policy"]
    assert asked.headers["cache-control"] == "no-store"
    assert asked.headers["referrer-policy"] == "no-referrer"
    assert "There are no runs yet" in asked.text


async def test_browsers_keep_a_file_only_by_the_address_of_its_content(console: Asking) -> None:
    """What a page of another release asks for is asked for again."""
    kept = await console.get(address("console.css"), {"accept-encoding": "gzip"})
    assert (kept.headers["cache-control"], kept.headers["content-encoding"]) == (KEPT, "gzip")
    for other in ("", "?", "?0123456789abcdef"):
        asked = await console.get(f"/static/console.css{other}")
        assert asked.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "", "origin": "http://127.0.0.1:8080"},
    ],
)
async def test_what_another_site_sends_is_refused(console: Asking, headers: dict[str, str]) -> None:
    """Before the route is looked for."""
    asked = await console.post("/", headers=headers)
    assert asked.status == HTTPStatus.FORBIDDEN


async def test_a_foreign_name_of_this_machine_is_refused(console: Asking) -> None:
    """So that no page of another site reaches it by a name that it points here."""
    asked = await console.get("/", {"host": "evil.example:8080"})
    assert asked.status == HTTPStatus.MISDIRECTED_REQUEST


def test_the_areas_are_of_one_application() -> None:
    """No path is answered twice."""
    paths = [(route.path, tuple(sorted(route.methods or ()))) for route in ROUTES]
    assert len(paths) == len(set(paths))
    Starlette(routes=list(ROUTES))
