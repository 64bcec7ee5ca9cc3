"""Who may do what, route by route: written down here once more, so that none changes by mistake."""

from http import HTTPStatus
from typing import get_args

from fondly.console.api.routes import ROUTES as API_ROUTES
from fondly.console.pages import AREAS
from fondly.console.roles import INCLUDES, ROLE_OF_HANDLER, Role
from fondly.operations.tokens import RoleName, create_token
from tools.console.tests.conftest import Asking

API, RUN, WHO, QUEUE = "/api/v1", "/runs/{run_id}", "/customers/{key:str}", "/queues/{name}"
READ = {
    Role.VIEWER: (
        *("/", "/runs", RUN, f"{RUN}/live", f"{RUN}/compare/{{other}}", f"{RUN}/delivery", f"{RUN}/results"),
        *(
            f"{RUN}/stages",
            f"{RUN}/stages/live",
            "/queues",
            "/queues/live",
            f"{QUEUE}/dead",
            "/results",
            "/audit",
        ),
        *("/products/{product_id:path}", f"{API}/runs", f"{API}{RUN}", f"{API}{RUN}/cost", f"{API}/audit"),
        *(f"{API}{RUN}/results", f"{API}{RUN}/delivery", f"{API}/queues", f"{API}/openapi.json"),
    ),
    Role.READER: (
        *(f"{RUN}/emails", f"{RUN}/emails/{{key}}", f"{RUN}/emails/{{key}}/frame", f"{RUN}/read"),
        *(f"{RUN}/compare/{{other}}/emails", f"{API}{RUN}/compare/{{other}}/emails"),
        *(f"{RUN}/emails/{{key}}/prompts", f"{RUN}/wordings", "/customers", WHO, f"{API}{RUN}/emails"),
        *(f"{API}{RUN}/emails/{{key}}", f"{API}{RUN}/email-counts", f"{API}{RUN}/read"),
        *(f"{API}{RUN}/wordings", f"{API}{RUN}/revisions", f"{API}/customers/{{key}}"),
        f"{API}/queues/{{queue}}/dead",
    ),
    Role.APPROVER: (),
    Role.OPERATOR: (
        *(f"{WHO}/{{act}}", "/shop", "/shop/rules"),
        *("/shop/draft", "/shop/draft/{number:int}/{mode}", "/uploads", "/uploads/check"),
        *("/uploads/examples/{number:int}", "/webhooks", f"{API}/shop/{{name}}", f"{API}/tokens"),
        *(f"{API}/webhooks", f"{API}/webhooks/deliveries"),
    ),
}
CHANGE = {
    Role.VIEWER: (),
    Role.READER: (
        *(f"{RUN}/emails", "/customers", f"{API}/customers"),  # searches, which are in no address
        *(f"{RUN}/delivery/pause", f"{API}{RUN}/delivery/pause"),
    ),
    Role.APPROVER: (
        *(f"{RUN}/delivery/{{act}}", f"{RUN}/read/fine", f"{RUN}/strikes", f"{RUN}/emails/{{key}}/test"),
        *(f"{API}{RUN}/delivery/{each}" for each in ("approve", "reject", "resume", "hold")),
        f"{API}{RUN}/strikes",
    ),
    Role.OPERATOR: (
        *(f"{WHO}/suppress", f"{WHO}/export", f"{WHO}/forget", f"{QUEUE}/redrive", f"{QUEUE}/discard"),
        *(f"{WHO}/archive.zip", f"{QUEUE}/dead.jsonl"),  # both change what may be done next
        *(f"{RUN}/stages/retry", f"{RUN}/stages/resume", "/shop", "/shop/rules", "/shop/draft", "/uploads"),
        *("/uploads/mapping", "/uploads/start", "/uploads/discard", "/webhooks/{message}/replay"),
        *(f"{API}/customers/{each}" for each in ("export", "forget", "suppress", "unsuppress")),
        *(f"{API}/queues/{{queue}}/redrive", f"{API}/queues/{{queue}}/discard", f"{API}{RUN}/resume"),
        *(f"{API}{RUN}/retry", f"{API}/shop/{{name}}", f"{API}/tokens", f"{API}/tokens/{{name}}"),
        *(f"{API}/uploads", f"{API}/uploads/check", f"{API}/webhooks", f"{API}/webhooks/{{endpoint}}"),
        f"{API}/webhooks/deliveries/{{message}}",
    ),
}
TABLE = {
    (path, changes): role
    for changes, table in ((False, READ), (True, CHANGE))
    for role, paths in table.items()
    for path in paths
}
ROUTES = [
    (method, route.path, role)
    for route in (*(each for area in AREAS for each in area.ROUTES), *API_ROUTES)
    for method in sorted((route.methods or set()) - {"HEAD"})
    for role in [getattr(route.endpoint, ROLE_OF_HANDLER)]
]


def test_each_route_takes_the_role_that_is_written_down() -> None:
    """One that is new has to be, too."""
    assert {(path, method != "GET"): role for method, path, role in ROUTES} == TABLE


async def test_no_route_answers_somebody_without_its_role(console: Asking) -> None:
    """By whatever method it is asked, as whoever lacks it, and as nobody: nothing is looked up before."""
    for method, route, role in ROUTES:
        lacking, path = (
            [each for each in Role if role not in INCLUDES[each]],
            route.replace("{number:int}", "1"),
        )
        for method_ in {method, "HEAD" if method == "GET" else method}:
            for each in lacking:
                asked = await console.as_(each).ask(method_, path, b"", {"sec-fetch-site": "same-origin"})
                assert (asked.status, method_, path, each) == (HTTPStatus.FORBIDDEN, method_, path, each)
                assert f"this takes the role {role}" in asked.text
            asked = await console.as_().ask(method_, path, b"", {"sec-fetch-site": "same-origin"})
            assert (asked.status, method_, path) == (HTTPStatus.UNAUTHORIZED, method_, path)


async def test_a_token_of_a_role_does_nothing_that_takes_another(console: Asking) -> None:
    """Nor is it taken by a page, nor does it become more by who is signed in besides, or by its name."""
    environment, tokens = console.environment, dict[Role, str]()
    for role in get_args(RoleName):
        made = await create_token(environment, name=f"of-{role}", role=role, by="Ann", roles=frozenset(Role))
        tokens[Role(role)] = made.token
    for method, path, role in ROUTES:
        lacking = [each for each in Role if role not in INCLUDES[each]]
        for each in lacking[-1:] if path.startswith(API) else ():
            headers = {"authorization": f"Bearer {tokens[each]}"}
            asked = await console.as_(*Role).ask(method, path, b"", headers)
            assert (asked.status, path, each) == (HTTPStatus.FORBIDDEN, path, each)
    good = tokens[Role.OPERATOR]
    console.as_()
    assert (await console.get(f"{API}/runs", {"authorization": f"bearer {good}"})).status == HTTPStatus.OK
    for path in ("/runs", "/shop", "/api", "/apiary"):
        asked = await console.get(path, {"authorization": f"Bearer {good}"})
        assert asked.status == HTTPStatus.UNAUTHORIZED, path
    forged = [
        *("", " ", good[:-1], f"{good}x", f" {good}", good.replace("of-operator", "of-viewer"), good.upper()),
        *("fondly__", "fondly_of-operator_", f"fondly_of-operator_{'x' * 43}", f"fondly_{'a' * 5_000}"),
        *("fondly_of-operator\x00_" + "x" * 43, "e30.e30.", "null"),
    ]
    for token in forged:
        for signed_in in ((), tuple(Role)):
            asked = await console.as_(*signed_in).get(f"{API}/runs", {"authorization": f"Bearer {token}"})
            assert asked.status == HTTPStatus.UNAUTHORIZED, token
    for scheme in ("Basic", "Token", "Bearer:", ""):
        asked = await console.as_().get(f"{API}/runs", {"authorization": f"{scheme} {good}"})
        assert asked.status == HTTPStatus.UNAUTHORIZED, scheme
