"""Every task role allows what its service calls, and hardly anything else."""

import asyncio
import json
import os
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from fnmatch import fnmatchcase
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import NamedTuple

import pytest

from fondly.contracts.tokens import UNSUBSCRIBE, sign
from fondly.evaluation.sample import SampleFacts
from fondly.operations.local_stack import ENVIRONMENT
from fondly.operations.topology import SERVICES
from fondly.runtime.runs.delivery import DeliveryStatus
from fondly.sender.handler import SCHEDULE
from fondly.stack.embedded import FEEDBACK, WEB, WEB_PORT
from services.recommender.tests.fakes import made_up_shop
from tests.e2e.conftest import DELIVERY
from tests.support.configurations import configuration, pipeline_of
from tests.support.deliveries import ONE_CLICK, delivery_of, fondly, report
from tests.support.pipeline import Pipeline
from tests.support.played_ingest import PlayedIngest

pytestmark = pytest.mark.timeout(700)

PATIENCE_S = 240
SHOP = made_up_shop(customers=72, part_size=24, prefix="T")
CLICKS = """customer_id,product_id,event,timestamp,run_id
customer-0001,P1,clicked,2026-11-20T10:00:00Z,run-0123456789abcdef
"""
SCHEDULED = json.dumps(
    {
        "version": "0",
        "id": "scheduled",
        "detail-type": "Scheduled Event",
        "source": SCHEDULE,
        "time": "2026-11-26T12:00:00Z",
        "resources": [],
        "detail": {},
    }
)
"""What EventBridge sends by its schedule."""
PREFIXES = {
    "bedrock-runtime": "bedrock",
    "personalize-events": "personalize",
    "personalize-runtime": "personalize",
}
CHECKED_AS = {
    # Source: service authorization reference; IAM checks these operations as another action.
    "bedrock:Converse": "bedrock:InvokeModel",
    "s3:HeadObject": "s3:GetObject",
    "s3:ListObjectsV2": "s3:ListBucket",
    "s3:DeleteObjects": "s3:DeleteObject",
    "s3:CreateMultipartUpload": "s3:PutObject",
    "s3:UploadPart": "s3:PutObject",
    "s3:CompleteMultipartUpload": "s3:PutObject",
    "sns:PublishBatch": "sns:Publish",
    "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
}
UNUSED_HERE = {
    "sqs:ChangeMessageVisibility *": "a message that takes long or is retried later",
    "s3:ListBucket ": "S3 reporting that there is no such object",
    "comprehend:Detect* *": "a text that fails in its batch",
    "comprehend:BatchDetectDominantLanguage *": "reviews of unknown language",
    "comprehend:BatchDetectTargetedSentiment *": "aspects found by Comprehend",
    "sqs:SendMessage ingest-uploads": "a file that is read for 11.5 hours",
    "sqs:SendMessage sentiment": "a part that waits for its quota for 11.5 hours",
    "s3:GetObject shop/themes/*": "a theme of the shop's own",
    "sqs:SendMessage mailer": "a part that waits for its quota for 11.5 hours",
    "personalize:UpdateDataset *": "a schema changed since the last run",
    "personalize:List* *": "a resource that already exists",
    "personalize:*Campaign *": "a campaign that is kept for real time",
    "personalize:GetRecommendations *": "requests that are ranked in real time",
    "personalize:*EventTracker *": "the event tracker beside a campaign",
    "personalize:PutEvents *": "what a campaign is told",
    "dynamodb:Query runs": "the totals of a run that the recommender fails",
    "personalize:Delete* *": "what older runs and releases left",
    "s3:DeleteObject runs/*/personalize/*": "the files of older runs",
    "sns:Publish run-finished": "a run that the recommender fails",
}

UNUSED_BY = {
    "ingest": {"dynamodb:BatchGetItem dispatches": "a second file within days of a delivery"},
    "mailer": {
        "dynamodb:BatchGetItem dispatches": "emails of which something is struck: those handed over stay",
        "s3:GetObject runs/*/mailed/*": "the same: the list for delivery is rewritten",
    },
    "sender": {"dynamodb:BatchWriteItem suppressions": "an address that a mail server says does not exist"},
    FEEDBACK: {
        "sqs:SendMessage feedback": "a request that is held for 11.5 hours",
        "sns:Publish email-sent": "an email in doubt, which a bounce proves to have been sent",
        "dynamodb:Query dispatches": "a run that several readers complain about",
        "dynamodb:PutItem runs": "a delivery that complaints pause",
        "dynamodb:GetItem runs": "a delivery that may be paused",
        "s3:PutObject uploads/interactions/clicks/*": "clicks, where they are counted",
    },
}
"""What is rare for one process only."""

NAMED = re.compile(r"arn:aws:(?:sqs|sns|dynamodb):[^:]*:\d+:(?:table/)?fondly-prod-([a-z-]+)")
KEYS = re.compile(r"arn:aws:s3:::fondly-prod-data-[^/]+(?:/(.*))?")
FEEDBACK_SERVICE = "feedback"
"""What Terraform calls the process."""

Calls = dict[str, set["Call"]]


class Call(NamedTuple):
    """An action and what it touches: a topology name, an object key, or nothing with a name."""

    action: str
    touched: str


@pytest.fixture
async def calls(
    pipeline: Pipeline, trained: tuple[Path, SampleFacts], calls_dir: Path, tmp_path: Path
) -> Calls:
    """What each process calls for a whole run, a broken file, a message that it cannot read, and events."""
    pipeline.upload("trained.csv", trained[0])
    pipeline.upload("empty.csv", Path(os.devnull))
    await pipeline.ended("trained.csv")
    await pipeline.finished("empty.csv")
    resources = pipeline.stack.resources
    consumed = set(resources.queue_urls) - {"ops"}
    for name in consumed:
        await send(
            pipeline,
            name,
            signed("customer-0001", "frequency=daily") if name == "feedback" else "not an event",
        )
    await pipeline.dead(consumed)
    for name in consumed:
        await pipeline.observer.sqs.purge_queue(QueueUrl=resources.dead_letter_urls[name])
    clicks = tmp_path / "clicks.csv"
    clicks.write_text(CLICKS, "utf-8")
    pipeline.upload("interactions/clicks.csv", clicks)
    credited = Call("dynamodb:BatchWriteItem", "runs")
    await until(lambda: credited in recorded(calls_dir / "fondly.recommender.jsonl"))
    port = int(pipeline.stack.variables[WEB_PORT])
    await ask_for_picks(port, {"customer-0001", "somebody-else"})
    await asyncio.to_thread(tell_of_a_click, port)
    await deliver(pipeline)
    marked = {Call("sns:Publish", "email-bounced"), Call("dynamodb:UpdateItem", "runs")}
    await until(lambda: marked <= set(recorded(calls_dir / f"fondly.{FEEDBACK}.jsonl")))
    processes = (*SERVICES, FEEDBACK, WEB)
    return {process: set(recorded(calls_dir / f"fondly.{process}.jsonl")) for process in processes}


async def deliver(pipeline: Pipeline) -> None:
    """Hold and deliver a run that one customer has unsubscribed from; let two others' emails come back."""
    run_id, people = "run-permitted", SHOP.parts[2][:4]
    leaves, bounces, complains, chooses = people
    await PlayedIngest(pipeline).run(run_id, SHOP.products, people)
    await delivery_of(pipeline, run_id, DeliveryStatus.HELD)
    for customer, form in ((leaves, ONE_CLICK.decode()), (chooses, "frequency=weekly")):
        await send(pipeline, "feedback", signed(customer.customer_id, form))
    await pipeline.quiet()
    await fondly(pipeline, "run", "approve", run_id, "--yes")
    await delivery_of(pipeline, run_id, DeliveryStatus.DONE)
    sent = await pipeline.observer.dispatches_of(run_id, [each.customer_id for each in people])
    for kind, customer in (("Bounce", bounces), ("Complaint", complains)):
        await send(pipeline, "feedback", report(kind, sent[customer.customer_id], customer))
    await send(pipeline, "sender", SCHEDULED)
    await pipeline.quiet()


def signed(customer_id: str, form: str) -> str:
    """Return a request of a customer. What is not signed is dropped; there is no frequency `daily`."""
    key = DELIVERY["FONDLY_MAILER_UNSUBSCRIBE_KEY"].encode()
    return f"{sign(key, UNSUBSCRIBE, customer_id)}\n{form}"


async def send(pipeline: Pipeline, queue: str, body: str) -> None:
    """Put a message into a queue, as an AWS service does."""
    url = pipeline.stack.resources.queue_urls[queue]
    await pipeline.observer.sqs.send_message(QueueUrl=url, MessageBody=body)


async def ask_for_picks(port: int, customers: Iterable[str]) -> None:
    """Ask the web process for some customers' picks, once it has opened the shop of the run."""
    for customer in customers:
        url = f"http://127.0.0.1:{port}/customers/{customer}/picks"
        await until(partial(answers, url))


async def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    for _ in range(PATIENCE_S * 2):
        if await asyncio.to_thread(holds):
            return
        await asyncio.sleep(0.5)
    raise AssertionError(f"it does not hold after {PATIENCE_S} s")


def tell_of_a_click(port: int) -> None:
    """Have the web process record that a customer has followed a link of an email."""
    event = {
        "event_id": "e1",
        "customer_id": "customer-0001",
        "product_id": "P1",
        "kind": "clicked",
        "timestamp": int(time.time()),
        "run_id": "run-0123456789abcdef",
    }
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/events",
        data=json.dumps({"events": [event]}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - our own loopback address
        assert answer.status == HTTPStatus.ACCEPTED


def answers(url: str) -> bool:
    """Whether a request is answered with 200."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - our own loopback address
            return bool(answer.status == HTTPStatus.OK)
    except urllib.error.HTTPError:
        return False


async def test_a_task_role_allows_exactly_what_its_service_calls(calls: Calls) -> None:
    """Every call is allowed on what it touches; every permission is used or listed above as rare."""
    for service, made in calls.items():
        granted = set(grants(service))
        assert made
        assert refused(made, granted) == set(), service
        assert unused(service, made, granted) == set(), service
        used = {grant for grant in granted if not is_rare(service, grant)}
        assert all(refused(made, granted - {grant}) for grant in used), "a missing permission is noticed"
        assert unused(service, made, granted | {Call("sqs:PurgeQueue", service)}), (
            "a superfluous permission is noticed"
        )


def refused(made: set[Call], granted: set[Call]) -> set[Call]:
    """The calls that no permission covers."""
    return {call for call in made if not any(allows(grant, call) for grant in granted)}


def unused(service: str, made: set[Call], granted: set[Call]) -> set[Call]:
    """The permissions that neither a call nor a rare case needs."""
    idle = {grant for grant in granted if not any(allows(grant, call) for call in made)}
    return {grant for grant in idle if not is_rare(service, grant)}


def recorded(path: Path) -> Iterator[Call]:
    """The recorded calls of a service."""
    for line in path.read_text().splitlines():
        note = json.loads(line)
        action = f"{PREFIXES.get(note['service'], note['service'])}:{note['operation']}"
        yield Call(CHECKED_AS.get(action, action), note["touched"].removeprefix(f"{ENVIRONMENT}-"))


def grants(service: str) -> Iterator[Call]:
    """What Terraform allows a service in prod."""
    pipeline = pipeline_of(configuration("prod"))
    if service == WEB:
        lists = ("web", "web_campaign", "web_event")
        statements = [statement for each in lists for statement in pipeline.local("permissions")[each]]
    else:
        own = FEEDBACK_SERVICE if service == FEEDBACK else service
        statements = [*pipeline.local("consuming")[own], *pipeline.local("permissions")[own]]
    for statement in statements:
        for resource in statement["resources"]:
            for action in statement["actions"]:
                yield Call(action, touched_by(resource))


def touched_by(resource: str) -> str:
    """The name or key pattern of an ARN, as calls have it; `*` if it has neither."""
    if named := NAMED.fullmatch(resource):
        return named[1]
    key = KEYS.fullmatch(resource)
    return key[1] or "" if key else "*"


def allows(grant: Call, call: Call) -> bool:
    """Whether a grant covers a call."""
    return grant.action == call.action and fnmatchcase(call.touched, grant.touched)


def is_rare(service: str, grant: Call) -> bool:
    """Whether a permission is for a case that these runs do not exercise."""
    rare = {**UNUSED_HERE, **UNUSED_BY.get(service, {})}
    return any(fnmatchcase(" ".join(grant), each) for each in rare)
