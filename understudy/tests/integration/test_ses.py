"""SES as the SDK sees it: what it takes, refuses, counts and reports."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import boto3
import pytest
from aiobotocore.session import get_session
from botocore.config import Config
from botocore.exceptions import ClientError, HTTPClientError

from understudy.disturbance import Disturbance
from understudy.ses import SesOptions, create_service
from understudy.testing import UnderstudyServer

SHOP, ADA = "hello@shop.example", "ada@mail.example"
RAW = (
    f"From: Shop <{SHOP}>\r\nTo: {ADA}\r\nSubject: Picked for you\r\n"
    "Date: Thu, 26 Nov 2026 15:14:15 +0000\r\n"
    "Message-ID: <1@shop.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
    "Content-Transfer-Encoding: quoted-printable\r\n\r\nHello =C2=A9\r\n"
)
REGION = "eu-west-1"
FAST: dict[str, Any] = {"emails_per_s": 1_000.0, "emails_per_day": 10_000.0, "production": True}


def client(url: str) -> Any:  # noqa: ANN401 - boto3's clients have no useful type here
    """A client that tries once, as everybody who must not send twice has."""
    config = Config(retries={"mode": "standard", "total_max_attempts": 1})
    return boto3.client("sesv2", region_name=REGION, endpoint_url=url, config=config)


@pytest.fixture
def serve() -> Iterator[Callable[..., Any]]:
    """Starts servers, and returns a client of each."""
    running: list[UnderstudyServer] = []

    def start(*, emulator: str | None = None, **options: Any) -> Any:  # noqa: ANN401 - as above
        clients = partial(get_session().create_client, region_name=REGION, endpoint_url=emulator)
        service = create_service(
            SesOptions(**{**FAST, **options}), region=REGION, account_id="000000000000", clients=clients
        )
        server = UnderstudyServer([service])
        running.append(server)
        return client(server.__enter__().url)

    yield start
    for server in running:
        server.__exit__(None, None, None)


def send(ses: Any, raw: str = RAW, *, to: str = ADA, **more: Any) -> str:  # noqa: ANN401 - as above
    """Send an email and return SES's id of it."""
    reply = ses.send_email(Destination={"ToAddresses": [to]}, Content={"Raw": {"Data": raw.encode()}}, **more)
    return str(reply["MessageId"])


def refusal(ses: Any, raw: str = RAW, **more: Any) -> str:  # noqa: ANN401 - as above
    """Return the error of an email that is not accepted."""
    with pytest.raises(ClientError) as raised:
        send(ses, raw, **more)
    return str(raised.value)


def test_email_is_accepted_counted_and_kept(serve: Callable[..., Any], tmp_path: Path) -> None:
    """With everything that identifies it."""
    ses = serve(folder=tmp_path)
    name = send(ses, EmailTags=[{"Name": "run", "Value": "run-1"}], ConfigurationSetName="fondly")
    assert ses.get_account()["SendQuota"]["SentLast24Hours"] == 1
    [line] = map(json.loads, (tmp_path / "emails.jsonl").read_text().splitlines())
    assert (line["provider_id"], line["message_id"], line["recipients"]) == (name, "1@shop.example", [ADA])
    assert (line["tags"], line["configuration_set"]) == ({"run": "run-1"}, "fondly")
    assert (tmp_path / line["file"]).read_bytes() == RAW.encode()


@pytest.mark.parametrize(
    ("raw", "more", "reason"),
    [
        (RAW.replace("From: ", "X-From: "), {}, "Missing required header 'From'"),
        (RAW.replace("Subject: ", "Subject: a\r\nSubject: "), {}, "Duplicate header 'Subject'"),
        (RAW.replace("Hello", "x" * 1_001), {}, "a line of more than 1000 bytes"),
        (
            RAW.replace("text/plain; charset=utf-8", "multipart/alternative; boundary=b"),
            {},
            "cannot be parsed",
        ),
        (RAW, {"to": "ada"}, "Missing final '@domain'"),
        (RAW, {"to": "a b@mail.example"}, "BadRequestException"),
        (RAW, {"to": "ädä@mail.example"}, "non-ASCII"),
        (RAW, {"EmailTags": [{"Name": "run", "Value": "a b"}]}, "Invalid tag value"),
        (RAW, {"EmailTags": [{"Name": "r", "Value": "1"}] * 2}, "Duplicate tag"),
    ],
)
def test_what_cannot_be_read_is_refused(
    serve: Callable[..., Any], raw: str, more: dict[str, Any], reason: str
) -> None:
    """And counts for nothing."""
    ses = serve()
    found = refusal(ses, raw, **more)
    assert "BadRequestException" in found
    assert reason in found
    assert ses.get_account()["SendQuota"]["SentLast24Hours"] == 0


@pytest.mark.parametrize("identity", [SHOP, "shop.example", "example"])
def test_sender_must_be_verified(serve: Callable[..., Any], identity: str) -> None:
    """By its address, its domain, or one above that."""
    assert send(serve(identities=frozenset({identity})))
    found = refusal(serve(identities=frozenset({"other.example"})))
    assert "MessageRejected" in found
    assert "Email address is not verified. The following identities failed the check in region" in found
    assert found.endswith(f"EU-WEST-1: {SHOP}")


def test_sandbox_sends_to_its_own_addresses_only(serve: Callable[..., Any]) -> None:
    """And to the mailbox simulator."""
    ses = serve(identities=frozenset({"shop.example"}), production=False)
    assert f"EU-WEST-1: {ADA}" in refusal(ses)
    assert send(ses, to="me@shop.example")
    assert send(ses, to="success@simulator.amazonses.com")


def test_configuration_set_must_exist(serve: Callable[..., Any]) -> None:
    """A misspelt one would lose every bounce."""
    ses = serve(configuration_sets=frozenset({"fondly"}))
    assert send(ses, ConfigurationSetName="fondly")
    found = refusal(ses, ConfigurationSetName="core")
    assert "NotFoundException" in found
    assert "Configuration set <core> does not exist." in found


def test_more_than_the_rate_is_throttled(serve: Callable[..., Any]) -> None:
    """With the text that SES has; what is throttled does not count as sent."""
    ses = serve(emails_per_s=0.1)
    send(ses)
    found = refusal(ses)
    assert "TooManyRequestsException" in found
    assert "Maximum sending rate exceeded." in found
    assert ses.get_account()["SendQuota"]["SentLast24Hours"] == 1


def test_more_than_the_quota_of_the_day_is_throttled(serve: Callable[..., Any]) -> None:
    """With a text of its own: waiting a second is of no use."""
    ses = serve(emails_per_day=2.0)
    send(ses)
    send(ses)
    assert "Daily message quota exceeded." in refusal(ses)


def test_failure_before_acceptance(serve: Callable[..., Any]) -> None:
    """Nothing has been counted."""
    ses = serve(disturbance=Disturbance(error_rate=1.0))
    with pytest.raises(ClientError) as raised:
        send(ses)
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500
    assert ses.get_account()["SendQuota"]["SentLast24Hours"] == 0


@pytest.mark.parametrize("fault", ["drop_rate", "fail_rate"])
def test_failure_after_acceptance(serve: Callable[..., Any], tmp_path: Path, fault: str) -> None:
    """The email is on its way, and the caller cannot know: a connection that drops, or a server error."""
    ses = serve(folder=tmp_path, **{fault: 1.0})
    with pytest.raises(
        (HTTPClientError, ClientError, KeyError)
    ):  # boto3 takes half an answer for an empty one
        send(ses)
    assert len((tmp_path / "emails.jsonl").read_text().splitlines()) == 1
    assert ses.get_account()["SendQuota"]["SentLast24Hours"] == 1


def test_suppression_list(serve: Callable[..., Any]) -> None:
    """Addresses are put there, found, listed page by page, and taken off."""
    ses = serve()
    for name in ("a", "b", "c"):
        ses.put_suppressed_destination(EmailAddress=f"{name.upper()}@mail.example", Reason="BOUNCE")
    ses.put_suppressed_destination(EmailAddress="d@mail.example", Reason="COMPLAINT")
    found = ses.get_suppressed_destination(EmailAddress="A@mail.example")["SuppressedDestination"]
    assert (found["EmailAddress"], found["Reason"]) == ("a@mail.example", "BOUNCE")
    first = ses.list_suppressed_destinations(PageSize=3)
    rest = ses.list_suppressed_destinations(PageSize=3, NextToken=first["NextToken"])
    pages = [first["SuppressedDestinationSummaries"], rest["SuppressedDestinationSummaries"]]
    assert [[each["EmailAddress"][0] for each in page] for page in pages] == [["a", "b", "c"], ["d"]]
    assert "NextToken" not in rest
    past = datetime(2026, 1, 1, tzinfo=UTC)
    assert len(ses.list_suppressed_destinations(StartDate=past)["SuppressedDestinationSummaries"]) == 4
    assert ses.list_suppressed_destinations(EndDate=past)["SuppressedDestinationSummaries"] == []
    [only] = ses.list_suppressed_destinations(Reasons=["COMPLAINT"])["SuppressedDestinationSummaries"]
    assert only["EmailAddress"] == "d@mail.example"
    ses.delete_suppressed_destination(EmailAddress="a@mail.example")
    with pytest.raises(ClientError, match="NotFoundException"):
        ses.get_suppressed_destination(EmailAddress="a@mail.example")


@pytest.mark.parametrize("address", ["nobody", "@mail.example", "a b@mail.example", "a@mail..example"])
def test_only_an_address_is_suppressed(serve: Callable[..., Any], address: str) -> None:
    """What no server could be given is no address."""
    ses = serve()
    with pytest.raises(ClientError, match="BadRequestException"):
        ses.put_suppressed_destination(EmailAddress=address, Reason="BOUNCE")
    assert ses.list_suppressed_destinations()["SuppressedDestinationSummaries"] == []


@pytest.mark.parametrize("by_topic", [True, False])
def test_events_reach_topic_or_queue(
    serve: Callable[..., Any],
    emulator_url: str,
    monkeypatch: pytest.MonkeyPatch,
    by_topic: bool,  # noqa: FBT001 - a column
) -> None:
    """A bounce, a complaint and an address on the suppression list; nothing of what was delivered."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", emulator_url)
    sqs, sns = boto3.client("sqs", region_name=REGION), boto3.client("sns", region_name=REGION)
    queue = sqs.create_queue(QueueName=f"feedback-{by_topic}")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    if by_topic:
        topic = sns.create_topic(Name="feedback")["TopicArn"]
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
        arn = topic
    ses = serve(events_arn=arn, emulator=emulator_url)
    ses.put_suppressed_destination(EmailAddress=ADA, Reason="COMPLAINT")
    expected = {
        send(ses, to=to, ConfigurationSetName="fondly", EmailTags=[{"Name": "customer", "Value": "C1"}]): to
        for to in (
            "bounce+c1@simulator.amazonses.com",
            "complaint@simulator.amazonses.com",
            "success@simulator.amazonses.com",
            ADA,
        )
    }
    send(ses, to="bounce@simulator.amazonses.com")  # without a configuration set nobody is told
    events = _received(sqs, queue, number=3, wrapped=by_topic)
    found = {expected[each["mail"]["messageId"]].partition("@")[0]: each for each in events}
    assert set(found) == {"bounce+c1", "complaint", "ada"}
    bounce = found["bounce+c1"]["bounce"]
    assert (bounce["bounceType"], bounce["bounceSubType"]) == ("Permanent", "General")
    assert bounce["bouncedRecipients"][0]["emailAddress"] == "bounce+c1@simulator.amazonses.com"
    assert found["complaint"]["complaint"]["complaintFeedbackType"] == "abuse"
    assert found["ada"]["bounce"]["bounceSubType"] == "OnAccountSuppressionList"
    assert found["ada"]["mail"]["tags"]["customer"] == ["C1"]
    assert found["ada"]["mail"]["tags"]["ses:configuration-set"] == ["fondly"]


def _received(sqs: Any, queue: str, *, number: int, wrapped: bool) -> list[dict[str, Any]]:  # noqa: ANN401 - as above
    bodies: list[dict[str, Any]] = []
    deadline = time.monotonic() + 20
    while len(bodies) < number and time.monotonic() < deadline:
        reply = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, WaitTimeSeconds=1)
        for message in reply.get("Messages", []):
            body = json.loads(message["Body"])
            bodies.append(json.loads(body["Message"]) if wrapped else body)
            with suppress(ClientError):
                sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    return bodies
