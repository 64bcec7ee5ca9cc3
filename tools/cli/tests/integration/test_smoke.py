"""`fondly smoke` refused at each of its steps: it cleans up, and says at which."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import boto3
import pytest
from aiobotocore.client import AioBaseClient
from botocore.exceptions import ClientError

from fondly.operations.smoke import smoke as steps
from fondly.operations.smoke.questions import QUESTIONS
from fondly.operations.smoke.state import FILE, SmokeState
from fondly.operations.verification import Account
from fondly.runtime.runs.deliveries import Deliveries
from fondly.runtime.runs.delivery import DeliveryStatus
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.run import StageName
from fondly.stack.provision import Resources
from tests.support.runs import RUN, a_report
from tools.cli.tests.conftest import Answer, Fondly, InLedger

Smoke = Callable[..., Answer]
SEED = 7


@pytest.fixture
def smoke(
    fondly: Fondly,
    personalize: Account,
    resources: Resources,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Smoke:
    """`fondly smoke` in this test's environment, with the sender's settings, and little patience."""
    for service in ("COMPREHEND", "SESV2", "BEDROCK_RUNTIME", "SERVICE_QUOTAS"):
        monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service}", str(personalize.personalize.meta.endpoint_url))
    monkeypatch.setenv("FONDLY_SENDER_TRANSPORT", "smtp")
    monkeypatch.setenv("FONDLY_SENDER_SMTP_HOST", "localhost")
    monkeypatch.setattr(steps, "CLEAN_S", 1.0)
    sqs, queue = boto3.client("sqs"), resources.queue_urls["ingest-uploads"]
    for message in sqs.receive_message(QueueUrl=queue)["Messages"]:  # S3's test event
        sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    out = ("--out", str(tmp_path / "smoke"), "--interval-s", "0.1", "--hours", "0.001", "--json")
    return lambda *more: fondly("smoke", *out, *more)


@pytest.fixture
def at(environment: str, tmp_path: Path, resources: Resources, in_ledger: InLedger) -> Callable[..., None]:
    """Have a smoke test be killed after these steps; its run has got as far as `work` says."""

    def killed_after(*done: str, work: Callable[[Ledger], Any] | None = None) -> None:
        state = SmokeState(
            environment=environment,
            seed=SEED,
            by_stand_in=True,
            done=list(done),
            run_id=RUN,
        )
        (tmp_path / "smoke").mkdir()
        state.save(tmp_path / "smoke")
        source = f"s3://{resources.buckets['data']}/{state.key}"
        boto3.client("s3").put_object(Bucket=resources.buckets["data"], Key=state.key, Body=b"x")

        async def opened(ledger: Ledger) -> None:
            await ledger.open_run(RUN, source=source)
            await ledger.set_parts(RUN, 1)
            if work:
                await work(ledger)

        in_ledger(opened)

    return killed_after


def refusing(monkeypatch: pytest.MonkeyPatch, *operations: str) -> None:
    """Refuse these operations of AWS."""
    call: Any = AioBaseClient._make_api_call  # type: ignore[attr-defined] # every call passes here

    async def refused(self: AioBaseClient, operation: str, params: dict[str, Any]) -> Any:  # noqa: ANN401
        if operation in operations:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, operation)
        return await call(self, operation, params)

    monkeypatch.setattr(AioBaseClient, "_make_api_call", refused)


def require_refused(answer: Answer, at: str, resources: Resources, *, asked: int = 0) -> None:
    """The step is named, questions that were not asked say why, and nothing is left."""
    assert (answer.code, bool(answer.out)) == (1, True), answer.err
    state = SmokeState.model_validate(answer.json)
    assert (state.refused or "").startswith(at), state.refused
    assert [each.question for each in state.verdicts] == list(QUESTIONS)
    assert [each.seen for each in state.verdicts[asked:]] == [state.refused] * (len(QUESTIONS) - asked)
    assert "clean" in state.done
    require_empty(resources)


def require_empty(resources: Resources) -> None:
    """Bucket, ledger and queues hold nothing."""
    assert "Versions" not in boto3.client("s3").list_object_versions(Bucket=resources.buckets["data"])
    assert boto3.client("dynamodb").scan(TableName=resources.tables["runs"])["Items"] == []


@pytest.mark.parametrize(
    ("options", "told"),
    [(("--budget", "0.02"), "dollars, and may cost 0.02"), ((), "must be empty, and has")],
)
def test_it_begins_neither_without_money_nor_beside_others(
    smoke: Smoke, resources: Resources, tmp_path: Path, options: tuple[str, ...], told: str
) -> None:
    """What is there stays, and no state is kept: the next call begins anew."""
    bucket = resources.buckets["data"]
    boto3.client("s3").put_object(Bucket=bucket, Key="shop/fondly.toml", Body=b"theirs")
    answer = smoke(*options)
    assert answer.code == 1
    assert told in answer.err
    assert boto3.client("s3").head_object(Bucket=bucket, Key="shop/fondly.toml")
    assert not (tmp_path / "smoke" / FILE).exists()


def test_it_does_not_begin_where_a_check_fails(smoke: Smoke, dead_letter: Callable[..., str]) -> None:
    """The check is named."""
    dead_letter("mailer", "{}")
    answer = smoke()
    assert answer.code == 1
    assert "verify: " in answer.err


def test_a_refused_upload_is_told(
    smoke: Smoke, resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No run begins."""
    refusing(monkeypatch, "PutObject")
    require_refused(smoke(), "upload: AccessDenied for PutObject", resources)


def test_a_run_that_does_not_begin_is_given_up(smoke: Smoke, resources: Resources) -> None:
    """Nobody takes up the upload within the time that a step may take."""
    require_refused(smoke(), "follow: not done within 0:00:03", resources)


@pytest.mark.parametrize(
    ("spent", "why"),
    [(10, f"{RUN} failed: it broke"), (100_000, "10.00 dollars spent of 5")],
)
def test_a_run_that_fails_or_costs_too_much_is_ended(
    smoke: Smoke, at: Callable[..., None], resources: Resources, spent: int, why: str
) -> None:
    """What it has made is deleted, whatever it has cost."""

    async def work(ledger: Ledger) -> None:
        report = a_report(StageName.SENTIMENT, 1).model_copy(
            update={"units": {"comprehend.units": Decimal(spent)}}
        )
        await ledger.record(RUN, report)
        if spent < 100:
            await ledger.fail(RUN, "it broke")

    at("upload", work=work)
    require_refused(smoke(), f"follow: {why}", resources)


def test_a_delivery_that_somebody_rejects_is_told(
    smoke: Smoke, at: Callable[..., None], resources: Resources
) -> None:
    """The questions are not asked then."""

    async def work(ledger: Ledger) -> None:
        await ledger.finish(RUN)
        deliveries = Deliveries(ledger._dynamodb, resources.tables["runs"])
        await deliveries.open(RUN, status=DeliveryStatus.REJECTED, by="somebody", note="no")

    at("upload", "follow", work=work)
    require_refused(smoke(), "deliver: the delivery is rejected", resources)


def test_a_question_that_is_refused_does_not_keep_the_others_from_being_asked(
    smoke: Smoke, at: Callable[..., None], resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its verdict says why, and the smoke test has not failed."""
    at("upload", "follow", "deliver", work=lambda ledger: ledger.finish(RUN))
    refusing(monkeypatch, "CreateSchema", "GetMetricStatistics")
    answer = smoke()
    assert answer.code == 0, answer.err
    seen = [each.seen for each in SmokeState.model_validate(answer.json).verdicts]
    assert seen[0] == "AccessDenied for CreateSchema"
    assert seen[1] == "the run made no filter"
    assert seen[3] == "AccessDenied for GetMetricStatistics"
    require_empty(resources)


def test_what_cannot_be_fetched_is_deleted_all_the_same(
    smoke: Smoke, at: Callable[..., None], resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another call says so again: there is nothing to fetch any more."""
    at("upload", "follow", "deliver", "ask", work=lambda ledger: ledger.finish(RUN))
    with monkeypatch.context() as patch:
        refusing(patch, "ListObjectsV2")
        answer = smoke()
    assert (answer.code, answer.json["refused"]) == (1, "record: AccessDenied for ListObjectsV2")
    require_empty(resources)
    assert smoke().json == answer.json


def test_what_cannot_be_deleted_is_deleted_by_the_next_call(
    smoke: Smoke, at: Callable[..., None], resources: Resources
) -> None:
    """The first says what is left."""
    at("upload", "follow", "deliver", "ask", work=lambda ledger: ledger.finish(RUN))
    with pytest.MonkeyPatch.context() as patch:
        refusing(patch, "DeleteObjects")
        answer = smoke()
    assert answer.code == 1
    assert answer.json["refused"] == "clean: still there: versions of objects; run the command again"
    again = smoke()
    assert (again.code, again.json["refused"]) == (0, None)
    require_empty(resources)


def test_nothing_is_deleted_once_others_use_the_environment(
    smoke: Smoke, at: Callable[..., None], resources: Resources
) -> None:
    """Their run began after the smoke test was killed."""

    async def work(ledger: Ledger) -> None:
        await ledger.finish(RUN)
        await ledger.open_run(
            "run-fedcba9876543210", source=f"s3://{resources.buckets['data']}/uploads/a.csv"
        )

    at("upload", "follow", "deliver", "ask", work=work)
    answer = smoke()
    assert answer.code == 1
    assert "nothing deleted: run-fedcba9876543210 is not of this smoke test" in answer.json["refused"]
    assert "clean" not in answer.json["done"]
