"""Deliveries through the running services, with operators, mailbox providers and customers as they act."""

import asyncio
import json
import re
import urllib.parse
import urllib.request
from base64 import urlsafe_b64encode
from collections import Counter
from collections.abc import Iterable, Mapping
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, NoReturn

from typer.testing import CliRunner

from fondly.cli.app import app
from fondly.contracts.delivery import Dispatch, Outcome
from fondly.contracts.records import Customer
from fondly.runtime.consent import DynamoDBConsent
from fondly.runtime.runs.delivery import Delivery, DeliveryStatus
from fondly.stack.embedded import PAGES_PORT
from fondly.stack.local_mail import FOLDER
from fondly.stack.mailbox import INDEX
from tests.support.finished_runs import now
from tests.support.pipeline import Pipeline

ONE_CLICK = b"List-Unsubscribe=One-Click"


def arrived(pipeline: Pipeline, run_id: str) -> Counter[str]:
    """How many emails of a run the mail server has, by customer."""
    return Counter(each["customer_id"] for each in received(pipeline) if each["run_id"] == run_id)


def received(pipeline: Pipeline) -> list[dict[str, Any]]:
    """What the mail server has taken so far, as `fondly.stack.mailbox` notes it."""
    index = Path(pipeline.stack.variables[FOLDER]) / INDEX
    return [json.loads(line) for line in index.read_text().splitlines()]


async def fondly(pipeline: Pipeline, *arguments: str) -> None:
    """Run a command, as an operator does."""
    environment = {"FONDLY_ENVIRONMENT": pipeline.stack.resources.tables["runs"].removesuffix("-runs")}
    done = await asyncio.to_thread(CliRunner().invoke, app, list(arguments), env=environment)
    assert done.exit_code == 0, done.output


async def delivery_of(pipeline: Pipeline, run_id: str, *statuses: DeliveryStatus) -> Delivery:
    """Wait until a run's delivery has one of these statuses; return it."""
    async with asyncio.timeout(pipeline.patience_s):
        while True:
            pipeline.stack.check()
            found = await pipeline.observer.delivery(run_id)
            if found and found.status in statuses:
                return found
            await asyncio.sleep(0.1)


async def settled(pipeline: Pipeline, run_id: str, customers: Iterable[str]) -> Counter[Outcome]:
    """Wait until something final is known of these customers' emails; count what."""
    wanted = list(customers)
    async with asyncio.timeout(pipeline.patience_s):
        while True:
            found = await pipeline.observer.dispatches_of(run_id, wanted)
            if len(found) == len(wanted) and all(each.outcome.is_final for each in found.values()):
                return Counter(each.outcome for each in found.values())
            await asyncio.sleep(0.1)


def unsubscribe_link(message: bytes) -> str:
    """The https address of an email's `List-Unsubscribe`, which takes one click."""
    parsed = message_from_bytes(message, policy=policy.SMTP)
    assert parsed["List-Unsubscribe-Post"] == ONE_CLICK.decode()
    (link,) = re.findall(r"<(https:[^>]+)>", parsed["List-Unsubscribe"])
    return str(link)


def answer_to_unsubscribe(message: bytes, customer: Customer) -> bytes:
    """The mail that a mail program sends when its reader unsubscribes by the mailto address (RFC 6068)."""
    parsed = message_from_bytes(message, policy=policy.SMTP)
    (link,) = re.findall(r"<(mailto:[^>]+)>", parsed["List-Unsubscribe"])
    parts = urllib.parse.urlsplit(link)
    mail = EmailMessage(policy=policy.SMTP)
    mail["From"], mail["To"] = str(customer.email), urllib.parse.unquote(parts.path)
    mail["Subject"] = urllib.parse.parse_qs(parts.query)["subject"][0]
    mail.set_content("This message was sent to unsubscribe.")
    return mail.as_bytes()


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> NoReturn:
        raise AssertionError("a click must not be redirected (RFC 8058)")


def one_click(pipeline: Pipeline, link: str) -> int:
    """Unsubscribe as a mailbox provider does, at the process that the address leads to; return the status."""
    return post(pipeline, "unsubscribe", link, ONE_CLICK)


def post(pipeline: Pipeline, page: str, link: str, form: bytes) -> int:
    """Send a form to one of the pages, with the token of an email's link; return the status."""
    query = urllib.parse.urlsplit(link).query
    port = pipeline.stack.variables[PAGES_PORT]
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/{page}?{query}",
        data=form,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    with urllib.request.build_opener(_NoRedirect).open(request, timeout=10) as answer:
        return int(answer.status)


def report(kind: str, dispatch: Dispatch, customer: Customer) -> str:
    """An event that SES publishes about a customer's email."""
    tag = urlsafe_b64encode(customer.customer_id.encode()).decode().rstrip("=")
    recipient = [{"emailAddress": customer.email}]
    about: Mapping[str, Any] = {
        "Bounce": {"bounceType": "Permanent", "bounceSubType": "General", "bouncedRecipients": recipient},
        "Complaint": {"complaintFeedbackType": "abuse", "complainedRecipients": recipient},
    }[kind]
    time = now().isoformat()
    return json.dumps(
        {
            "eventType": kind,
            "mail": {
                "messageId": dispatch.provider_id,
                "timestamp": time,
                "tags": {"fondly_run": [dispatch.run_id], "fondly_customer": [tag]},
            },
            kind.lower(): {**about, "feedbackId": f"feedback-{customer.customer_id}", "timestamp": time},
        }
    )


async def until_suppressed(pipeline: Pipeline, customers: Iterable[Customer]) -> None:
    """Wait until these customers must not be written to any more."""
    tables = pipeline.stack.resources.tables
    consent = DynamoDBConsent(
        pipeline.observer.dynamodb, suppressions=tables["suppressions"], contacts=tables["contacts"]
    )
    people = [(one.customer_id, one.email) for one in customers]
    async with asyncio.timeout(pipeline.patience_s):
        while len(await consent.suppressed(people)) < len(people):  # noqa: ASYNC110 - another process tells it
            await asyncio.sleep(0.1)
