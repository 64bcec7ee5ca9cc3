"""The checks of what emails are sent with: SES answers in the shapes of its own model."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from fondly.operations.verification import Account, Outcome
from fondly.operations.verification.check import run
from fondly.operations.verification.quotas import quota_checks
from fondly.operations.verification.sending import sending_checks
from fondly.stack.provision import Resources

REGION = "eu-west-1"
DOMAIN = "shop.example"
Found = dict[str, tuple[Outcome, str]]
MAIL_FROM = {
    "MailFromDomain": f"bounce.{DOMAIN}",
    "MailFromDomainStatus": "SUCCESS",
    "BehaviorOnMxFailure": "USE_DEFAULT_VALUE",
}
IDENTITY = {
    "VerifiedForSendingStatus": True,
    "DkimAttributes": {"SigningEnabled": True, "Status": "SUCCESS"},
    "MailFromAttributes": MAIL_FROM,
}
CONFIGURATION_SET = {
    "ConfigurationSetName": "fondly",
    "DeliveryOptions": {"TlsPolicy": "REQUIRE"},
    "ReputationOptions": {"ReputationMetricsEnabled": True},
    "SendingOptions": {"SendingEnabled": True},
}
STANDING = {
    "ProductionAccessEnabled": True,
    "SendingEnabled": True,
    "SendQuota": {"Max24HourSend": 50_000.0, "MaxSendRate": 14.0, "SentLast24Hours": 0.0},
}
CHECKS = {
    "SES identity": "get_email_identity",
    "SES DKIM and SPF": "get_email_identity",
    "SES advice": "list_recommendations",
    "SES configuration set": "get_configuration_set",
    "SES reports": "get_configuration_set_event_destinations",
    "SES account": "get_account",
    "unsubscribe links": None,
}
"""What each check asks SES."""


@pytest.fixture
def account(resources: Resources) -> Account:
    """An environment whose sender sends by SES, with reports that reach the queue for feedback."""
    environment = resources.tables["runs"].removesuffix("-runs")
    opened = Account.open(environment, region=REGION)
    opened.ecs.create_cluster(clusterName=environment)
    deploy(opened, "sender", FONDLY_SENDER_TRANSPORT="ses", FONDLY_SENDER_CONFIGURATION_SET="fondly")
    deploy(opened, "feedback", FONDLY_MAILER_UNSUBSCRIBE_KEY="k")
    settings = {"from-address": f"hello@{DOMAIN}", "unsubscribe-url": f"https://{DOMAIN}/unsubscribe"}
    for name, value in settings.items():
        opened.ssm.put_parameter(Name=opened.mailer_parameter(name), Value=value, Type="String")
    for topic in topics(opened):
        topic_arn = opened.sns.create_topic(Name=topic)["TopicArn"]
        queue_arn = f"arn:aws:sqs:{REGION}:123456789012:{opened.named('feedback')}"
        opened.sns.subscribe(TopicArn=topic_arn, Protocol="sqs", Endpoint=queue_arn)
    return replace(opened, on_aws=True)


def deploy(account: Account, name: str, **settings: str) -> None:
    """Let a service use a new revision with these settings."""
    family = account.named(name)
    environment = [{"name": key, "value": value} for key, value in settings.items()]
    container = {"name": "app", "image": name, "memory": 128, "environment": environment}
    account.ecs.register_task_definition(family=family, containerDefinitions=[container])
    found = account.ecs.describe_services(cluster=account.environment, services=[family])["services"]
    if any(each["status"] == "ACTIVE" for each in found):
        account.ecs.update_service(cluster=account.environment, service=family, taskDefinition=family)
    else:
        account.ecs.create_service(
            cluster=account.environment, serviceName=family, taskDefinition=family, desiredCount=0
        )


def topics(account: Account) -> list[str]:
    """The names of the topics with reports."""
    return [account.named(f"email-{kind}") for kind in ("sends", "bounces", "complaints")]


def topic_arn(name: str) -> str:
    """The ARN of a topic."""
    return f"arn:aws:sns:{REGION}:123456789012:{name}"


def destinations(account: Account) -> list[dict[str, Any]]:
    """Where SES reports what comes back."""
    return [
        {
            "Name": event.lower(),
            "Enabled": True,
            "MatchingEventTypes": [event],
            "SnsDestination": {"TopicArn": topic_arn(topic)},
        }
        for event, topic in zip(("SEND", "BOUNCE", "COMPLAINT"), topics(account), strict=True)
    ]


def verify(account: Account, **answers: Mapping[str, Any]) -> Found:
    """Run each check with SES's usual answers, but for those given by operation."""
    given: dict[str, Mapping[str, Any]] = {
        "get_email_identity": IDENTITY,
        "list_recommendations": {"Recommendations": []},
        "get_configuration_set": CONFIGURATION_SET,
        "get_configuration_set_event_destinations": {"EventDestinations": destinations(account)},
        "get_account": STANDING,
        **answers,
    }
    return {
        name: _outcome(account, name, given[operation] if operation else {})
        for name, operation in CHECKS.items()
    }


def _outcome(account: Account, name: str, answer: Mapping[str, Any]) -> tuple[Outcome, str]:
    client = boto3.client("sesv2", region_name=REGION)
    probing = replace(account, ses=client)
    [check] = [each for each in (*sending_checks(probing), *quota_checks(probing)) if each.name == name]
    with Stubber(client) as stub:
        if operation := CHECKS[name]:
            stub.add_response(operation, answer)
        result = run(check, on_aws=True)
    return result.outcome, result.detail


def failures(found: Found) -> dict[str, str]:
    """What failed, and why."""
    return {name: detail for name, (outcome, detail) in found.items() if outcome is Outcome.FAILED}


def test_a_deployment_that_may_send_passes(account: Account) -> None:
    """Nothing is skipped; rate, domain and address are shown."""
    found = verify(account)
    assert {outcome for outcome, _ in found.values()} == {Outcome.OK}
    assert found["SES account"][1] == "14 emails a second, 50,000 a day"
    assert found["SES DKIM and SPF"][1] == f"signed as {DOMAIN}, bounces to bounce.{DOMAIN}"
    assert found["unsubscribe links"][1] == f"https://{DOMAIN}/unsubscribe"


def test_records_that_do_not_align_are_named(account: Account) -> None:
    """Bulk senders need both; SES's own domain as MAIL FROM aligns with nothing."""
    identity = {
        **IDENTITY,
        "DkimAttributes": {"SigningEnabled": False, "Status": "PENDING"},
        "MailFromAttributes": {**MAIL_FROM, "MailFromDomain": "", "MailFromDomainStatus": "PENDING"},
    }
    assert failures(verify(account, get_email_identity=identity)) == {
        "SES DKIM and SPF": "SES does not sign emails (DKIM); DKIM is PENDING, not SUCCESS;"
        " MAIL FROM is amazonses.com: SPF does not align"
    }


def test_what_aws_advises_is_a_failure_where_it_weighs(account: Account) -> None:
    """Of this domain only; what weighs little is mentioned."""
    advice = [
        {
            "ResourceArn": f"arn:aws:ses:{REGION}:123456789012:identity/{domain}",
            "Type": kind,
            "Impact": impact,
            "Description": f"{kind} record was not found",
        }
        for domain, kind, impact in (
            (DOMAIN, "DMARC", "HIGH"),
            (DOMAIN, "BIMI", "LOW"),
            ("other.example", "SPF", "HIGH"),
        )
    ]
    found = verify(account, list_recommendations={"Recommendations": advice})
    assert failures(found) == {"SES advice": "DMARC: DMARC record was not found"}
    found = verify(account, list_recommendations={"Recommendations": advice[1:]})
    assert found["SES advice"] == (Outcome.OK, "of little weight: BIMI")


def test_a_configuration_set_has_to_encrypt_and_count(account: Account) -> None:
    """And to send at all."""
    found = verify(
        account,
        get_configuration_set={
            "DeliveryOptions": {"TlsPolicy": "OPTIONAL"},
            "SendingOptions": {"SendingEnabled": False},
        },
    )
    assert failures(found) == {
        "SES configuration set": "sending is off; TLS is OPTIONAL, not REQUIRE;"
        " bounces and complaints are not counted"
    }


def test_reports_have_to_reach_the_queue_that_suppresses(account: Account) -> None:
    """A destination that is off reports nothing, and a topic that nobody reads is as good as none."""
    sends, bounces, complaints = destinations(account)
    account.sns.create_topic(Name="elsewhere")
    given = [
        sends,
        {**bounces, "SnsDestination": {"TopicArn": topic_arn("elsewhere")}},
        {**complaints, "Enabled": False},
    ]
    found = verify(account, get_configuration_set_event_destinations={"EventDestinations": given})
    assert failures(found) == {
        "SES reports": f"COMPLAINT is not reported; elsewhere does not lead to {account.named('feedback')}"
    }


def test_the_sandbox_fails_only_who_sends(account: Account) -> None:
    """SES accepts emails to verified addresses only there."""
    sandbox = {**STANDING, "ProductionAccessEnabled": False}
    found = failures(verify(account, get_account=sandbox))
    assert found["SES account"].startswith("in the sandbox, 14 emails a second, 50,000 a day")
    deploy(account, "sender", FONDLY_SENDER_TRANSPORT="none")
    rested = verify(account, get_account=sandbox)
    assert failures(rested) == {}
    assert rested["SES account"][0] is rested["SES reports"][0] is Outcome.SKIPPED
    assert rested["unsubscribe links"] == (Outcome.SKIPPED, "nothing is sent")


def test_links_that_nobody_can_verify_are_a_failure(account: Account) -> None:
    """Neither is an address without a key enough, nor a key without an address."""
    deploy(account, "feedback")
    said = failures(verify(account))["unsubscribe links"]
    assert said == "feedback has no FONDLY_MAILER_UNSUBSCRIBE_KEY: it can verify no link"
    account.ssm.delete_parameter(Name=account.mailer_parameter("unsubscribe-url"))
    assert failures(verify(account))["unsubscribe links"] == "emails offer to unsubscribe by email only"
