"""The API: what its document says is what it does, for machines with tokens."""

import asyncio
import json
import re
from http import HTTPStatus
from pathlib import Path

import boto3
import pytest

from fondly.console.api.document import document
from fondly.console.api.routes import ROUTES
from fondly.console.api.table import OPERATIONS
from fondly.console.pages import AREAS
from fondly.console.roles import ROLE_OF_HANDLER, Role
from fondly.operations.tokens import ROLES, RoleName, create_token
from fondly.stack.provision import Resources
from tests.support.runs import RUN
from tools.cli.tests.delivering import FinishedRun
from tools.console.tests.conftest import Asking
from tools.console.tests.openapi_client import Client

COMMITTED = Path(__file__).parents[4] / "docs/openapi.json"


async def client(console: Asking, role: RoleName, name: str = "till") -> Client:
    """Return a client with a token; nobody is signed in besides."""
    made = await create_token(console.environment, name=name, role=role, by="Ann", roles=ROLES)
    return Client(console.as_(), document(), made.token)


async def test_a_dead_letter_is_seen_and_redriven(console: Asking, resources: Resources) -> None:
    """With its cause; and the audit names the machine."""
    boto3.client("sqs").send_message(QueueUrl=resources.dead_letter_urls["mailer"], MessageBody="{}")
    machine = await client(console, "operator")
    queues = await machine.call("list_queues")
    assert {each["name"]: each["dead_letters"] for each in queues}["mailer"] == 1
    (letter,) = (await machine.call("list_dead_letters", queue="mailer"))["dead_letters"]
    assert letter["reason"] == "received too often"
    done = await machine.call("redrive_dead_letters", queue="mailer", message_ids=[letter["message_id"]])
    assert done["moved"] == 1
    entries = (await machine.call("list_audit"))["entries"]
    assert (entries[0]["by"], entries[0]["act"], entries[0]["about"]) == ("token:till", "redrive", "mailer")
    gone = await machine.call("redrive_dead_letters", queue="mailer", message_ids=[letter["message_id"]])
    assert gone["status"] == HTTPStatus.NOT_FOUND


async def test_what_was_not_shown_cannot_be_approved(console: Asking, resources: Resources) -> None:
    """The second of two programs with one screen gets 412, and the difference."""
    await asyncio.to_thread(FinishedRun(resources).make)
    machine = await client(console, "approver")
    shown = await machine.call("get_delivery", run_id=RUN)
    tag = machine.asked.headers["etag"]
    sampled = await machine.call(
        "approve_delivery", run_id=RUN, if_match=tag, sample=2, seeds=["a@shop.example", "b@shop.example"]
    )
    assert sampled["view"]["delivery"]["status"] == "sample"
    assert shown["seen"] != sampled["seen"]
    late = await machine.call("approve_delivery", run_id=RUN, if_match=tag, per_hour=5_000)
    assert late["status"] == HTTPStatus.PRECONDITION_FAILED
    assert "token:till decided `sample`" in late["detail"]
    assert (await machine.call("pause_delivery", run_id=RUN))["view"]["delivery"]["status"] == "paused"
    unshown = await machine.call("reject_delivery", run_id=RUN, why="prices", if_match=tag)
    assert unshown["status"] == HTTPStatus.PRECONDITION_FAILED


async def test_a_token_is_worth_what_it_says_until_it_is_revoked(console: Asking) -> None:
    """No cookie helps it, and its maker gives no role that they lack."""
    console.as_(Role.OPERATOR)
    machine = await client(console, "viewer")
    found = await machine.call("list_runs")
    assert found.get("runs") == [], found
    refused = await machine.call("create_token", name="x", role="approver")
    assert refused["status"] == HTTPStatus.FORBIDDEN
    operator = await client(console, "operator", name="ops")
    beyond = await operator.call("create_token", name="x", role="approver")
    assert "one that you have yourself" in beyond["detail"]
    again = await operator.call("create_token", name="till", role="viewer")
    assert again["status"] == HTTPStatus.CONFLICT
    assert [each["name"] for each in await operator.call("list_tokens")] == ["ops", "till"]
    await operator.call("revoke_token", name="till")
    console.as_(*Role)  # whose cookie the machine brings along
    assert (await machine.call("list_runs"))["status"] == HTTPStatus.UNAUTHORIZED
    assert machine.asked.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("path", "body", "kind", "status"),
    [
        ("/runs/nothing", None, "", HTTPStatus.NOT_FOUND),
        ("/nothing", None, "", HTTPStatus.NOT_FOUND),
        ("/runs?limit=1000", None, "", HTTPStatus.UNPROCESSABLE_ENTITY),
        ("/runs?limt=10", None, "", HTTPStatus.UNPROCESSABLE_ENTITY),
        ("/customers", b'{"whom": "c-1"}', "application/json", HTTPStatus.UNPROCESSABLE_ENTITY),
        ("/customers", b"whom=c-1", "application/json", HTTPStatus.BAD_REQUEST),
        ("/customers", b"whom=c-1", "text/plain", HTTPStatus.UNSUPPORTED_MEDIA_TYPE),
        (f"/runs/{RUN}/delivery/approve", b"{}", "application/json", HTTPStatus.PRECONDITION_REQUIRED),
    ],
)
async def test_what_cannot_be_done_is_told_in_problem_details(
    console: Asking, path: str, body: bytes | None, kind: str, status: HTTPStatus
) -> None:
    """Of RFC 9457, and without what was given."""
    headers = {"content-type": kind, "sec-fetch-site": "same-origin"}
    asked = await console.ask("GET" if body is None else "POST", f"/api/v1{path}", body or b"", headers)
    assert asked.status == status
    assert asked.headers["content-type"] == "application/problem+json"
    assert "c-1" not in asked.text


def test_an_operation_has_the_role_of_its_page() -> None:
    """Whoever may not see a page, or press its button, does not get it by the API either."""
    pages = [route for area in AREAS for route in area.ROUTES]
    compared = 0
    for each in OPERATIONS:
        path = re.sub(r"{\w+}", "x", each.path)
        of_page = (one for one in pages if each.method in one.methods and one.path_regex.match(path))
        if page := next(of_page, None):
            assert getattr(page.endpoint, ROLE_OF_HANDLER) == each.role, each.name
            compared += 1
    assert compared > len(AREAS)
    assert all(getattr(route.endpoint, ROLE_OF_HANDLER) in set(Role) for route in ROUTES)


def test_the_document_is_the_one_that_is_committed() -> None:
    """`fondly api > docs/openapi.json` writes it anew."""
    committed = json.loads(COMMITTED.read_text())
    assert document() == committed
