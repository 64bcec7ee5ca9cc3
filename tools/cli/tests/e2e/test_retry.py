"""`fondly run retry` finishes a run that lost its messages, on the whole pipeline."""

import json
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from fondly.contracts.object_keys import UPLOADS
from fondly.evaluation.sample import write_sample
from fondly.operations.local_stack import ENVIRONMENT, exported
from fondly.stack.embedded import EmbeddedStack, embedded_stack
from fondly.stack.local_mail import TRANSPORT

if TYPE_CHECKING:
    from tools.cli.tests.conftest import Fondly

pytestmark = pytest.mark.timeout(700)
CUSTOMERS = 120
TOPICS = {
    "sentiment": "data-ingested",
    "recommender": "sentiment-scored",
    "mailer": "recommendations-ready",
}
WAIT_S = 60.0


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedStack]:
    """The whole pipeline, which sends nothing, whatever the tests before it have set."""
    with exported({TRANSPORT: "none"}), embedded_stack(tmp_path_factory.mktemp("logs")) as started:
        yield started


@pytest.fixture
def at_stack(stack: EmbeddedStack, monkeypatch: pytest.MonkeyPatch) -> EmbeddedStack:
    """The pipeline, with this test's environment pointing at it."""
    for name, value in {**stack.variables, "FONDLY_ENVIRONMENT": ENVIRONMENT}.items():
        monkeypatch.setenv(name, value)
    return stack


@pytest.mark.parametrize("service", ["sentiment", "recommender", "mailer"])
def test_retry_finishes_a_run_whose_messages_are_lost(
    at_stack: EmbeddedStack, run_fondly: "Fondly", tmp_path: Path, service: str
) -> None:
    """A service is down, its queue is emptied: the run is stuck until `run retry` sends the same events."""
    file = tmp_path / f"{service}.csv"
    write_sample(file, seed=5, customers=CUSTOMERS, products=40)
    at_stack.processes.kill(service)
    with tail(TOPICS[service], tmp_path / "events") as events:
        boto3.client("s3").upload_file(str(file), at_stack.resources.buckets["data"], UPLOADS + file.name)
        run = lose_messages(at_stack, run_fondly, service)
        at_stack.processes.start(service, ["-m", f"fondly.{service}"], {})
        assert still_stuck(run_fondly, run, service)
        assert run_fondly("run", "retry", run["run_id"]).code == 0
        assert run_fondly("run", "watch", run["run_id"]).code == 0
    shown = run_fondly("run", "show", run["run_id"], "--json").json
    assert (shown["status"], shown["counts"]["emails"]) == ("finished", CUSTOMERS)
    assert run_fondly("queues").code == 0, "no dead letters"
    again = run_fondly("run", "retry", run["run_id"], "--dry-run", "--json").json
    assert [(message["topic"], message["queue"]) for message in again] == [(None, "sender")], (
        "nothing else is left"
    )
    sent = Counter(event["id"] for event in events() if event["subject"] == run["run_id"])
    assert len(sent) == (1 if service == "recommender" else run["parts"])
    assert set(sent.values()) == {2}, "once by the service, once by the operator, as one event"


def lose_messages(stack: EmbeddedStack, run_fondly: "Fondly", service: str) -> dict[str, Any]:
    """Wait until a stopped service's queue has all its messages, then purge it; return the run."""
    deadline = time.monotonic() + WAIT_S
    while time.monotonic() < deadline:
        runs = [run for run in run_fondly("runs", "--json").json if run["source"].endswith(f"/{service}.csv")]
        run = runs[0] if runs else {"parts": None}  # an earlier test's run may be listed first
        queues = {state["name"]: state for state in run_fondly("queues", "--json").json}
        there = queues[service]["visible"] + queues[service]["in_flight"]
        if run["parts"]:
            clear(stack, str(run["run_id"]), service)
        expected = {"sentiment": run["parts"], "recommender": 2, "mailer": 1 + (run["parts"] or 0)}[service]
        if run["parts"] and there == expected:
            boto3.client("sqs").purge_queue(QueueUrl=stack.resources.queue_urls[service])
            return dict(run)
        time.sleep(0.2)
    raise TimeoutError(service)


def clear(stack: EmbeddedStack, run_id: str, service: str) -> None:
    """Clear the run for a service that is down: its queue keeps `upload-read` with the other messages."""
    boto3.client("dynamodb").update_item(
        TableName=stack.resources.tables["runs"],
        Key={"run_id": {"S": run_id}, "item": {"S": "run"}},
        UpdateExpression="ADD cleared :service",
        ExpressionAttributeValues={":service": {"SS": [service]}},
    )


def still_stuck(run_fondly: "Fondly", run: dict[str, Any], service: str) -> bool:
    """Whether, after a while, the service has done nothing for the run."""
    time.sleep(3)
    now = run_fondly("run", "show", run["run_id"], "--json").json
    return bool(now["status"] == "running" and not now["done"][service])


@contextmanager
def tail(topic: str, path: Path) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """Run `fondly events tail` until a Ctrl-C; its events can be read afterwards."""
    with path.open("w") as file:
        command = [sys.executable, "-m", "fondly.cli", "events", "tail", "--json", "--topic", topic]
        process = subprocess.Popen(command, stdout=file, stderr=subprocess.PIPE, text=True)  # noqa: S603 - our own
        assert process.stderr
        with process.stderr:
            assert process.stderr.readline().startswith("listening")
            try:
                yield lambda: [json.loads(line) for line in path.read_text().splitlines()]
            finally:
                process.send_signal(signal.SIGINT)
                process.wait(WAIT_S)
    assert process.returncode == 130
    assert not boto3.client("sqs").list_queues(QueueNamePrefix=f"{ENVIRONMENT}-tail").get("QueueUrls")
