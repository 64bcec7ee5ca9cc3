"""The checks against a moto server for the resources and understudy for the AI services."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import boto3
import pytest
from rich.console import Console
from typer.testing import CliRunner

from fondly.cli.app import app
from fondly.cli.tables.drawing import draw
from fondly.cli.tables.verification import as_json, verified
from fondly.mailer.__main__ import model_choice
from fondly.mailer.adapters.bedrock_requests import converse_request
from fondly.mailer.use_cases.shape_emails import style
from fondly.mailer.use_cases.try_model import trial_prompts
from fondly.operations.shop import load_shop
from fondly.operations.topology import load_topology
from fondly.operations.verification import (
    Account,
    Outcome,
    Result,
    ai,
    outlook_of,
    verify_environment,
)
from fondly.operations.verification.services import vcpus_of_release
from fondly.stack.provision import Resources
from understudy.account import AccountOptions
from understudy.testing import UnderstudyServer

REGION = "eu-west-1"
MODEL_ID = "eu.anthropic.claude-haiku-5-5"
COMPREHEND = ("Comprehend", "Comprehend languages", "Comprehend aspects")
AI_SERVICES = ("BEDROCK_RUNTIME", "COMPREHEND", "PERSONALIZE", "SERVICE_QUOTAS")
NO_FILE = load_shop(environment={})
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "personalize.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}
PRIVATE = {
    "BlockPublicAcls": True,
    "BlockPublicPolicy": True,
    "IgnorePublicAcls": True,
    "RestrictPublicBuckets": True,
}


@pytest.fixture(scope="module")
def understudy_url() -> Iterator[str]:
    """The AI services of this module's tests."""
    with UnderstudyServer(region=REGION) as server:
        yield server.url


class Ses:
    """moto's identities, and the account's standing, which moto does not know, from understudy."""

    def __init__(self, identities: Any, understudy_url: str) -> None:  # noqa: ANN401 - clients have no common type
        self._identities = identities
        self._account = boto3.client("sesv2", region_name=REGION, endpoint_url=understudy_url)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - an operation of the client
        return getattr(self._account if name == "get_account" else self._identities, name)


class OnSpot:
    """ECS, where some services run on Spot, which moto does not keep."""

    def __init__(self, ecs: Any, services: Sequence[str]) -> None:  # noqa: ANN401 - a client
        self._ecs, self._services = ecs, services

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - an operation of the client
        return getattr(self._ecs, name)

    def describe_services(self, **request: Any) -> Any:  # noqa: ANN401 - as of the client
        """Add how the tasks of a service run."""
        reply = self._ecs.describe_services(**request)
        for each in reply["services"]:
            on_demand = int(each["serviceName"] not in self._services)
            weights = {"FARGATE": on_demand, "FARGATE_SPOT": 1 - on_demand}
            each["capacityProviderStrategy"] = [
                {"capacityProvider": name, "weight": weight} for name, weight in weights.items()
            ]
        return reply


@pytest.fixture
def account(resources: Resources, understudy_url: str, monkeypatch: pytest.MonkeyPatch) -> Account:
    """The account of a newly provisioned environment, on an emulator."""
    for service in AI_SERVICES:
        monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service}", understudy_url)
    environment = resources.tables["runs"].removesuffix("-runs")
    opened = Account.open(environment, region=REGION, model_id=MODEL_ID)
    return replace(opened, ses=Ses(opened.ses, understudy_url))


@pytest.fixture
def deployed(account: Account) -> Account:
    """The same with what only Terraform creates, treated as AWS."""
    _protect_data(account)
    account.ecs.create_cluster(clusterName=account.environment)
    for name in ("ingest", "sentiment", "recommender", "mailer", "sender", "feedback"):
        _run_service(account, name, tasks=0)
    account.iam.create_role(
        RoleName=account.named("personalize-eu-west-1"), AssumeRolePolicyDocument=json.dumps(TRUST)
    )
    for name, value in {"model-id": MODEL_ID, "from-address": f"hello@{account.environment}.example"}.items():
        account.ssm.put_parameter(
            Name=f"/fondly/{account.environment}/mailer/{name}", Value=value, Type="String"
        )
    return replace(account, on_aws=True, model_id=None)


def _protect_data(account: Account) -> None:
    for name, table in load_topology().tables.items():
        if table.ttl:
            account.dynamodb.update_time_to_live(
                TableName=account.named(name),
                TimeToLiveSpecification={"Enabled": True, "AttributeName": table.ttl},
            )
        account.dynamodb.update_continuous_backups(
            TableName=account.named(name),
            PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
        )
    account.s3.put_public_access_block(
        Bucket=account.named("data"),
        PublicAccessBlockConfiguration=PRIVATE,  # type: ignore[arg-type] # a dict of its members
    )


def _run_service(account: Account, name: str, *, tasks: int) -> None:
    family = account.named(name)
    container = {"name": "app", "image": name, "memory": 128}
    account.ecs.register_task_definition(family=family, cpu="256", containerDefinitions=[container])
    account.ecs.create_service(
        cluster=account.environment,
        serviceName=family,
        taskDefinition=family,
        desiredCount=tasks,
    )


def failures(account: Account) -> dict[str, str]:
    """The failed checks, with their details."""
    results = verify_environment(load_topology(), account, NO_FILE)
    return {each.check: each.detail for each in results if each.outcome is Outcome.FAILED}


def result_of(account: Account, check: str) -> Result:
    """The result of one check."""
    return next(each for each in verify_environment(load_topology(), account, NO_FILE) if each.check == check)


def test_a_provisioned_emulator_passes(account: Account) -> None:
    """Nothing fails; what an emulator cannot have is skipped, with the reason."""
    results = verify_environment(load_topology(), account, NO_FILE)
    assert failures(account) == {}
    skipped = {each.check for each in results if each.outcome is Outcome.SKIPPED}
    assert {"service mailer", "role of Personalize", "SES identity"} < skipped
    assert {*COMPREHEND, "Personalize", "Bedrock model"}.isdisjoint(skipped)
    assert all(each.detail for each in results if each.outcome is Outcome.SKIPPED)


def test_a_deployment_passes_with_services_scaled_to_zero(deployed: Account) -> None:
    """The model comes from the mailer's settings; a service may have no tasks."""
    assert failures(deployed) == {}
    assert result_of(deployed, "Bedrock model").detail == MODEL_ID
    assert result_of(deployed, "service mailer").detail == "scaled to zero"
    assert result_of(deployed, "SES identity").outcome is Outcome.SKIPPED


def test_a_queue_without_redrive_is_named(account: Account, resources: Resources) -> None:
    """Without it a poison message comes back for days."""
    account.sqs.set_queue_attributes(
        QueueUrl=resources.queue_urls["mailer"], Attributes={"RedrivePolicy": ""}
    )
    assert failures(account) == {"queue mailer": "no redrive policy"}


def test_a_missing_table_is_named(account: Account, resources: Resources) -> None:
    """The other checks still run."""
    account.dynamodb.delete_table(TableName=resources.tables["reviews"])
    failed = failures(account)
    assert list(failed) == ["table reviews"]
    assert failed["table reviews"].startswith("ResourceNotFoundException")


def test_a_missing_queue_and_topic_are_named(account: Account, resources: Resources) -> None:
    """Without the queue there is no subscription."""
    account.sqs.delete_queue(QueueUrl=resources.queue_urls["sentiment"])
    account.sns.delete_topic(TopicArn=resources.topic_arns["run-finished"])
    assert set(failures(account)) == {
        "topic run-finished",
        "queue sentiment",
        "subscription of sentiment",
        "subscription of sender",
        "subscription of ops",
    }


def test_a_subscription_that_wraps_messages_is_named(account: Account, resources: Resources) -> None:
    """The services read only raw bodies."""
    page = account.sns.list_subscriptions_by_topic(TopicArn=resources.topic_arns["sentiment-scored"])
    account.sns.set_subscription_attributes(
        SubscriptionArn=page["Subscriptions"][0]["SubscriptionArn"],
        AttributeName="RawMessageDelivery",
        AttributeValue="false",
    )
    assert failures(account) == {"subscription of recommender to sentiment-scored": "delivery is not raw"}


def test_a_lost_subscription_is_named(account: Account, resources: Resources) -> None:
    """The queue itself looks fine without one."""
    page = account.sns.list_subscriptions_by_topic(TopicArn=resources.topic_arns["data-ingested"])
    account.sns.unsubscribe(SubscriptionArn=page["Subscriptions"][0]["SubscriptionArn"])
    assert failures(account) == {"subscription of sentiment": "not subscribed to data-ingested"}


def test_a_bucket_without_notifications_and_versions_is_named(account: Account, resources: Resources) -> None:
    """Uploads would go unnoticed, and old versions be lost."""
    account.s3.put_bucket_notification_configuration(
        Bucket=resources.buckets["data"], NotificationConfiguration={}
    )
    account.s3.put_bucket_versioning(
        Bucket=resources.buckets["data"], VersioningConfiguration={"Status": "Suspended"}
    )
    failed = failures(account)
    assert list(failed) == ["bucket data"]
    assert failed["bucket data"].startswith("not versioned; no notification of s3:ObjectCreated:*")


def test_a_dead_letter_is_named_with_what_to_do(account: Account, resources: Resources) -> None:
    """It is counted, never shown: a message may name customers."""
    account.sqs.send_message(QueueUrl=resources.dead_letter_urls["mailer"], MessageBody="secret")
    result = result_of(account, "dead letters of mailer")
    assert (result.outcome, result.detail) == (Outcome.FAILED, "1 dead letters")
    assert "redrive" in result.remedy


def test_unprotected_data_is_named_on_aws(deployed: Account) -> None:
    """Recovery, expiry and privacy are checked where Terraform created the resources."""
    deployed.s3.delete_public_access_block(Bucket=deployed.named("data"))
    deployed.dynamodb.update_continuous_backups(
        TableName=deployed.named("emails"),
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": False},
    )
    failed = failures(deployed)
    assert set(failed) == {"expiry and recovery of tables", "privacy of bucket data"}
    assert failed["expiry and recovery of tables"] == "emails: point-in-time recovery is off"


def test_a_service_that_is_gone_is_named(deployed: Account) -> None:
    """Otherwise its queue would fill unnoticed."""
    deployed.ecs.delete_service(cluster=deployed.environment, service=deployed.named("ingest"))
    assert failures(deployed) == {"service ingest": "does not exist"}


def test_without_a_cluster_the_services_fail_and_the_rest_is_still_checked(account: Account) -> None:
    """On AWS, nothing consumes the queues then."""
    failed = failures(replace(account, on_aws=True))
    assert failed["service sentiment"] == "does not exist"
    assert {*COMPREHEND, "Personalize", "Bedrock model"}.isdisjoint(failed)


def test_a_stage_with_understudy_needs_no_ai_services(deployed: Account) -> None:
    """They are not called."""
    _run_service(deployed, "understudy", tasks=0)
    closed = replace(deployed, model_id="anthropic.withdrawn")
    assert failures(closed) == {}
    assert result_of(closed, "Bedrock model").detail == "this environment uses understudy"


def test_a_model_without_access_is_named(account: Account) -> None:
    """The reason is Bedrock's, and the remedy says how to get access."""
    result = result_of(replace(account, model_id="anthropic.withdrawn"), "Bedrock model")
    assert result.outcome is Outcome.FAILED
    assert "ValidationException: The provided model identifier is invalid" in result.detail
    assert "use-case form" in result.remedy


def test_an_unverified_domain_is_named(deployed: Account) -> None:
    """If there is an identity, it must be verified."""
    domain = f"{deployed.environment}.example"
    deployed.ses.create_email_identity(EmailIdentity=domain)
    assert failures(deployed) == {"SES identity": f"{domain} is not verified"}


def test_an_unknown_operation_is_skipped_on_an_emulator_only(
    account: Account, understudy_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On AWS the same answer is a failure."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_SSM", understudy_url)
    without_model = Account.open(account.environment, region=REGION)
    skipped = result_of(without_model, "Bedrock model")
    assert (skipped.outcome, skipped.detail) == (Outcome.SKIPPED, "emulator")
    refused = result_of(replace(without_model, on_aws=True), "Bedrock model")
    assert refused.detail.startswith("UnknownOperationException")


def test_an_endpoint_that_does_not_answer_is_a_failure(
    account: Account, unused_tcp_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That is how a region without Comprehend behaves."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_COMPREHEND", f"http://127.0.0.1:{unused_tcp_port}")
    failed = failures(Account.open(account.environment, region=REGION, model_id=MODEL_ID))
    assert list(failed) == list(COMPREHEND)
    assert "Could not connect" in failed["Comprehend"]


def test_the_endpoint_shows_whether_it_is_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    """So a forgotten AWS_ENDPOINT_URL is noticed."""
    assert Account.open("fondly-dev", region=REGION).on_aws
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")
    assert not Account.open("fondly-dev", region=REGION).on_aws


def test_the_exit_code_is_1_for_any_failure(account: Account, resources: Resources) -> None:
    """A script can stop there."""
    arguments = ["verify", "--environment", account.environment, "--model-id", MODEL_ID]
    assert CliRunner().invoke(app, arguments).exit_code == 0
    account.sqs.send_message(QueueUrl=resources.dead_letter_urls["ops"], MessageBody="{}")
    assert CliRunner().invoke(app, [*arguments, "--json"]).exit_code == 1


RESULTS = [
    Result("topic run-finished", Outcome.OK, "", ""),
    Result("queue ops", Outcome.FAILED, "[x] is gone", "terraform apply"),
]


def test_the_table_shows_what_failed_and_what_to_do() -> None:
    """A person sees result, reason and remedy; brackets in AWS's answers are no markup."""
    screen = StringIO()
    draw(verified(RESULTS), Console(file=screen, width=100))
    assert "queue ops: [x] is gone" in screen.getvalue()
    assert "terraform apply" in screen.getvalue()
    assert "1 ok, 1 failed, 0 skipped" in screen.getvalue()


def test_the_json_says_the_same() -> None:
    """It has the counts by outcome and every check."""
    report = as_json(RESULTS)
    assert report["counts"] == {"ok": 1, "failed": 1, "skipped": 0}
    assert report["checks"][1] == {
        "check": "queue ops",
        "outcome": "failed",
        "detail": "[x] is gone",
        "remedy": "terraform apply",
    }


def test_a_deployment_has_what_the_shops_file_says(deployed: Account, tmp_path: Path) -> None:
    """What differs is named with both values; a file that is changed later shows up."""
    file = tmp_path / "fondly.toml"
    file.write_text("[brand]\nfrom_address = 'post@tee.example'\n[shop]\ncurrency = 'EUR'\npicks = 4\n")
    shop = load_shop(file, environment={})
    results = {each.check: each for each in verify_environment(load_topology(), deployed, shop)}
    wrong = results["shop's settings of ingest"]
    assert (wrong.outcome, wrong.detail) == (Outcome.FAILED, "FONDLY_INGEST_CURRENCY is missing, not 'EUR'")
    assert "tfvars" in wrong.remedy
    _apply(
        deployed,
        {"ingest": {"FONDLY_INGEST_CURRENCY": "EUR"}, "recommender": {"FONDLY_RECOMMENDER_PICKS": "4"}},
    )
    name = f"/fondly/{deployed.environment}/mailer/from-address"
    deployed.ssm.put_parameter(Name=name, Value="post@tee.example", Type="String", Overwrite=True)
    results = {each.check: each for each in verify_environment(load_topology(), deployed, shop)}
    found = {name: each for name, each in results.items() if name.startswith("shop's settings")}
    assert {each.outcome for each in found.values()} == {Outcome.OK}
    assert found["shop's settings of mailer"].detail == f"1 as in {file}"


def _apply(account: Account, environment: dict[str, dict[str, str]]) -> None:
    """Give services' tasks an environment, as Terraform does."""
    for name, variables in environment.items():
        family = account.named(name)
        given = [{"name": key, "value": value} for key, value in variables.items()]
        container = {"name": "app", "image": name, "memory": 128, "environment": given}
        account.ecs.register_task_definition(family=family, containerDefinitions=[container])
        account.ecs.update_service(cluster=account.environment, service=family, taskDefinition=family)


def test_the_model_is_asked_what_the_mailer_asks(deployed: Account) -> None:
    """The same schema, profile and members; the deployed mailer's own temperature, where one is accepted."""
    name = f"/fondly/{deployed.environment}/mailer/temperature"
    deployed.ssm.put_parameter(Name=name, Value="0.3", Type="String")
    for model_id, temperature, structured, caches in (
        (MODEL_ID, None, "toolConfig", True),
        ("eu.anthropic.claude-haiku-4-5-20251001-v1:0", 0.3, "outputConfig", False),
    ):
        settings = ai.deployed_settings(deployed, model_id)
        prompts = trial_prompts(style(settings))
        assert [prompt.task for prompt in prompts] == ["frame", "product"]
        for asked in (converse_request(model_choice(settings), prompt) for prompt in prompts):
            assert asked["modelId"] == model_id
            assert asked["inferenceConfig"].get("temperature") == temperature
            assert structured in asked
            assert ({"cachePoint": {"type": "default"}} in asked["system"]) is caches
        assert ai.copy_problems(deployed, model_id) == []


def test_quotas_are_shown_with_their_codes(deployed: Account) -> None:
    """An inference profile has quotas of its own; SES's sandbox is no failure, as nothing is sent."""
    assert result_of(deployed, "quota of Bedrock requests").detail.startswith(
        "100 (Cross-region model inference requests per minute for Anthropic Claude Haiku 5.5, L-"
    )
    assert "L-3032A538" in result_of(deployed, "quota of Fargate").detail
    ses = result_of(deployed, "SES account")
    assert ses.outcome is Outcome.SKIPPED
    assert "sandbox, 1 emails a second, 200 a day" in ses.detail


def test_a_quota_that_is_too_small_says_how_to_raise_it(deployed: Account) -> None:
    """With the command that requests it: a task of each service, and one to check it."""
    with UnderstudyServer(region=REGION, account=AccountOptions(fargate_vcpus=2)) as small:
        quotas = boto3.client("service-quotas", region_name=REGION, endpoint_url=small.url)
        result = result_of(replace(deployed, quotas=quotas), "quota of Fargate")
    assert result.outcome is Outcome.FAILED
    assert "--service-code fargate --quota-code L-3032A538 --desired-value 3" in result.detail


def test_tasks_on_spot_need_no_quota_but_their_checks_do(deployed: Account) -> None:
    """A release of six services of a quarter of a vCPU, the tasks of two on Spot."""
    spot = OnSpot(deployed.ecs, [deployed.named("sentiment"), deployed.named("mailer")])
    assert (vcpus_of_release(deployed), vcpus_of_release(replace(deployed, ecs=spot))) == (3, 2.5)


def test_an_emulator_without_quotas_is_no_failure(account: Account, emulator_url: str) -> None:
    """It has none to tell."""
    quotas = boto3.client("service-quotas", region_name=REGION, endpoint_url=emulator_url)
    assert result_of(replace(account, quotas=quotas), "quota of Fargate").outcome is Outcome.SKIPPED


def test_customers_take_hours_and_dollars_and_the_bottleneck_is_requested_first(deployed: Account) -> None:
    """At 78 calls a minute that tokens allow, Bedrock takes longer than training leaves of three hours."""
    found = outlook_of(deployed, 100_000, within_hours=3)
    assert found.hours["bedrock"] > 1
    first = found.requests[0]
    assert "tokens per minute" in first.name
    assert first.needed > first.value
    assert "quota-increase" in first.command
    assert not outlook_of(deployed, 1_500, within_hours=3).requests
    screen = StringIO()
    draw(verified([], found), Console(file=screen, width=80))
    assert "request first, to be done within 3 hours" in screen.getvalue()
    assert first.code in screen.getvalue()


def test_delivering_takes_what_ses_lets_the_account_send(deployed: Account) -> None:
    """In the sandbox one email a second, and 200 a day: customers take hours and days of it."""
    found = outlook_of(deployed, 1_500, within_hours=3)
    assert round(found.delivery_hours * 3_600) == 1_500
    assert found.delivery_days == 8
    screen = StringIO()
    draw(verified([], found), Console(file=screen, width=200))
    assert "0.4 hours at SES's rate, and 8 days by its quota, $0.17" in screen.getvalue()
