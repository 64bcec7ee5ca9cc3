"""The running services at quotas of which they have been told ten times as much."""

import json
from pathlib import Path
from urllib.request import urlopen

import pytest

from fondly.evaluation.sample import write_sample
from fondly.operations.local_stack import exported
from fondly.operations.topology import SERVICES
from fondly.stack.embedded import embedded_stack
from fondly.stack.observer import observe
from tests.support.finished_runs import email_records
from tests.support.pipeline import Pipeline

pytestmark = pytest.mark.timeout(700)
CUSTOMERS, PRODUCTS, PART_REVIEWS = 130, 24, 40
REAL = {"UNDERSTUDY_CONVERSE_RPM": "40", "UNDERSTUDY_COMPREHEND_TPS": "2"}
TOLD = {
    "FONDLY_MAILER_CONVERSE_RPM": "400",
    "FONDLY_SENTIMENT_CALLS_PER_S": "20",
    "FONDLY_INGEST_PART_REVIEWS": str(PART_REVIEWS),
}


def throttled(stack_url: str, operation: str) -> int:
    """How many calls of an operation were refused."""
    with urlopen(f"{stack_url}/_understudy/usage") as reply:  # noqa: S310 - our own server
        return int(json.load(reply)[operation].get("ThrottlingException", 0))


async def test_a_quota_costs_time_and_no_email(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody gets an email, nothing becomes a dead letter, and few calls are refused."""
    path = tmp_path / "sample.csv"
    facts = write_sample(path, customers=CUSTOMERS, products=PRODUCTS)
    with exported(REAL), embedded_stack(tmp_path / "logs", services=()) as stack, exported(TOLD):
        for service in (*SERVICES, "mailer"):
            stack.processes.start(service, ["-m", f"fondly.{service}"], {})
        for name, value in stack.variables.items():
            monkeypatch.setenv(name, value)
        async with observe(stack.resources) as observer:
            pipeline = Pipeline(stack, observer, patience_s=200)
            pipeline.upload(path.name, path)
            run_id, finished = await pipeline.finished(path.name)
            assert (finished.status, finished.counts["emails"]) == ("finished", facts.customers)
            assert len(await email_records(observer, run_id)) == facts.customers
            assert not any((await observer.dead_letters()).values())
            url = stack.variables["AWS_ENDPOINT_URL_COMPREHEND"]
            assert 0 < throttled(url, "Converse") < facts.customers / 2
            assert 0 < throttled(url, "BatchDetectSentiment") < facts.reviews / 2
