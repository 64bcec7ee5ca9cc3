"""The API: what its document says is what it does, for machines with tokens."""

import asyncio
import json
import re
from decimal import Decimal
from http import HTTPStatus
from pathlib import Path
from unittest.mock import AsyncMock

import boto3
import pytest

from fondly.console.api.document import document
from fondly.console.api.routes import ROUTES
from fondly.console.api.table import OPERATIONS
from fondly.console.pages import AREAS
from fondly.console.roles import INCLUDES, ROLE_OF_HANDLER, Role
from fondly.contracts import object_keys
from fondly.contracts.customer_keys import customer_keys
from fondly.contracts.records import Customer
from fondly.mailer.use_cases.merge_email_index import merge_email_index
from fondly.operations.customers.users import UserErasure
from fondly.operations.tokens import RoleName, create_token
from fondly.runtime.runs.run import StageName
from fondly.runtime.storage import to_item
from fondly.stack.provision import Resources
from tests.support.email_index import put_email_index
from tests.support.runs import RUN, a_report, finish_part
from tools.cli.tests.delivering import FinishedRun
from tools.console.tests.conftest import Asking
from tools.console.tests.integration.test_uploads import SHOP
from tools.console.tests.openapi_client import Client

COMMITTED = Path(__file__).parents[4] / "docs/openapi.json"


async def client(console: Asking, role: RoleName, name: str = "till") -> Client:
    """Return a client with a token; nobody is signed in besides."""
    made = await create_token(console.environment, name=name, role=role, by="Ann", roles=frozenset(Role))
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
    boto3.client("sqs").send_message(QueueUrl=resources.dead_letter_urls["mailer"], MessageBody="{}")
    (discarded,) = (await machine.call("discard_dead_letters", queue="mailer"))["discarded"]
    assert discarded["body"] == "{}"
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


async def test_a_stopped_run_says_why_and_goes_on_with_another_budget(console: Asking) -> None:
    """One that allows nothing more is refused."""
    environment = console.environment
    ledger = await environment.ledger()
    await ledger.open_run(RUN, source="s3://b/uploads/a.csv")
    await ledger.set_parts(RUN, 1)
    await finish_part(ledger, RUN, 1, a_report(StageName.INGEST, customers=1))
    await ledger.stop(RUN, "the budget of 0.30 dollars does not allow sentiment part-00001")
    lines = [Customer(customer_id="c")]
    await (await environment.objects()).put_lines(object_keys.customers(RUN, 1), lines)
    account = {"revision": 3, "spent": Decimal("0.25"), "reserved": {}, "stopped": "spent"}
    item = to_item({"run_id": RUN, "item": "budget", **account})
    await environment.dynamodb.put_item(TableName=environment.table_name("runs"), Item=item)
    machine = await client(console, "operator")
    (found,) = (await machine.call("list_runs", status="stopped"))["runs"]
    assert found["reason"].startswith("the budget of 0.30 dollars")
    refused = await machine.call("resume_run", run_id=RUN, budget="0.20")
    assert "0.2500 are spent" in refused["detail"]
    sent = await machine.call("resume_run", run_id=RUN, budget="0.50")
    assert "data-ingested" in {each["topic"] for each in sent}
    assert (await machine.call("get_run", run_id=RUN))["status"] == "running"


async def test_emails_are_found_by_what_was_refused_of_them(console: Asking) -> None:
    """And twenty to read are drawn, with the reason of each."""
    objects = await console.environment.objects()
    await put_email_index(objects, RUN, parts=2, emails=100)
    await merge_email_index(objects, RUN, [1, 2])
    machine = await client(console, "reader")
    counts = (await machine.call("get_email_counts", run_id=RUN))["facets"]
    wanted = sum(counts["repaired:yes"].values())
    page = await machine.call("list_emails", run_id=RUN, repaired="true", limit=3)
    assert (page["total"], len(page["rows"])) == (wanted, 3)
    rest = await machine.call("list_emails", run_id=RUN, repaired="true", next=page["next"])
    assert len(rest["rows"]) == wanted - 3
    assert len(await machine.call("sample_emails", run_id=RUN, seed="1")) == 20
    assert (await machine.call("list_wordings", run_id=RUN))[0]["count"] > 20
    assert (await machine.call("retry_run", run_id=RUN))["status"] == HTTPStatus.FORBIDDEN


async def test_a_customer_is_found_by_address_and_forgotten_with_proof(
    console: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In bodies alone, which no log has."""
    monkeypatch.setattr(UserErasure, "run", AsyncMock())  # Personalize has a stand-in of its own elsewhere
    environment, address = console.environment, "ann@shop.example"
    customer = {"customer_id": "c-1", "email": address, "name": "Ann"}
    for table, item in (
        ("customers", customer),
        *(("customer-keys", each) for each in customer_keys("c-1", address)),
    ):
        name = environment.table_name(table)
        await environment.dynamodb.put_item(TableName=name, Item=to_item(item))
    machine = await client(console, "operator")
    (found,) = await machine.call("find_customers", who=address)
    assert (await machine.call("get_customer", key=found["key"]))["customer_id"] == "c-1"
    (suppressed,) = await machine.call("suppress_customers", whom=["c-1"])
    assert suppressed["source"] == "token:till"
    assert len(await machine.call("unsuppress_customers", whom=["c-1"])) == 1
    proof = (await machine.call("forget_customers", whom=[address]))["proof"]
    assert (proof["found_places"], proof["suppressions"]) == (0, 2)
    acts = [each["act"] for each in (await machine.call("list_audit"))["entries"]]
    assert acts == ["forget", "unsuppress", "suppress", "token"]
    assert await machine.call("find_customers", who=address) == []
    assert (await machine.call("get_customer", key=found["key"]))["status"] == HTTPStatus.NOT_FOUND


async def test_a_file_is_uploaded_and_begins_one_run(console: Asking) -> None:
    """The machine is who has begun it."""
    machine = await client(console, "operator")
    begun = await machine.call("start_upload", files={"shop.csv": SHOP})
    (entry,) = (await machine.call("list_audit", limit=1))["entries"]
    assert (entry["act"], entry["by"], entry["about"]) == ("upload", "token:till", begun["run_id"])


async def test_the_voice_is_set_unless_somebody_else_has(console: Asking) -> None:
    """One that cannot be used is refused, and an outdated one is told what it would undo."""
    machine = await client(console, "operator")
    await machine.call("get_shop_file", name="fondly.toml")
    tag, text = machine.asked.headers["etag"], '[brand]\nvoice = "plain"\n'
    wrong = await machine.call("check_shop_file", name="fondly.toml", text="[brand]\nvoice = 1\n")
    assert list(wrong["problems"]) == ["brand.voice"]
    put = await machine.call("put_shop_file", name="fondly.toml", text=text, if_match=tag)
    assert put["text"] == text
    late = await machine.call("put_shop_file", name="fondly.toml", text="[brand]\n", if_match=tag)
    assert (late["status"], "plain" in str(late)) == (HTTPStatus.PRECONDITION_FAILED, True)


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


CANNOT_BE_DONE: list[tuple[str, bytes | None, str, HTTPStatus]] = [
    ("/runs/nothing", None, "", HTTPStatus.NOT_FOUND),
    ("/nothing", None, "", HTTPStatus.NOT_FOUND),
    ("/runs?limit=1000", None, "", HTTPStatus.UNPROCESSABLE_ENTITY),
    ("/runs?limt=10", None, "", HTTPStatus.UNPROCESSABLE_ENTITY),
    ("/customers/export", b'{"whom": "c-1"}', "application/json", HTTPStatus.UNPROCESSABLE_ENTITY),
    ("/customers", b"whom=c-1", "application/json", HTTPStatus.BAD_REQUEST),
    ("/customers", b"whom=c-1", "text/plain", HTTPStatus.UNSUPPORTED_MEDIA_TYPE),
    (f"/runs/{RUN}/delivery/approve", b"{}", "application/json", HTTPStatus.PRECONDITION_REQUIRED),
]


async def test_what_cannot_be_done_is_told_in_problem_details(console: Asking) -> None:
    """Of RFC 9457, and without what was given."""
    for path, body, kind, status in CANNOT_BE_DONE:
        headers = {"content-type": kind, "sec-fetch-site": "same-origin"}
        asked = await console.ask("GET" if body is None else "POST", f"/api/v1{path}", body or b"", headers)
        assert asked.status == status, path
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
            assert getattr(page.endpoint, ROLE_OF_HANDLER) in INCLUDES[each.role], each.name
            compared += 1
    assert compared > len(AREAS)
    assert all(getattr(route.endpoint, ROLE_OF_HANDLER) in set(Role) for route in ROUTES)


def test_the_document_is_the_one_that_is_committed() -> None:
    """`fondly api > docs/openapi.json` writes it anew."""
    committed = json.loads(COMMITTED.read_text())
    assert document() == committed
