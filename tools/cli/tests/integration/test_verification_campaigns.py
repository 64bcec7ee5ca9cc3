"""`encore verify` names the campaigns of an environment, which cost money while they exist."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest

from encore.cli.verification import Account
from encore.cli.verification.ai import ai_checks
from encore.cli.verification.campaigns import campaign_finding
from encore.cli.verification.check import Outcome, Result, run
from encore.cli.verification.quotas import quota_checks
from encore.stack.provision import Resources
from understudy.account import AccountOptions
from understudy.testing import UnderstudyServer

REGION = "eu-west-1"
ROLE = "arn:aws:iam::000000000000:role/job"
FIELDS = {"USER_ID": "string", "ITEM_ID": "string", "TIMESTAMP": "long"}
SCHEMA = {
    "type": "record",
    "name": "Interactions",
    "namespace": "com.amazonaws.personalize.schema",
    "fields": [{"name": name, "type": kind} for name, kind in FIELDS.items()],
    "version": "1.0",
}
ROWS = "\n".join([",".join(FIELDS), *(f"u{n % 200},i{n * 7 % 30},{n}" for n in range(1_200))])
STATES = {"ACTIVE", "CREATE FAILED"}


@pytest.fixture
def account(resources: Resources, emulator_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    """A provisioned environment with an understudy of its own, whose account may have one campaign."""
    options = AccountOptions(campaigns=1)
    with UnderstudyServer(region=REGION, s3_endpoint_url=emulator_url, account=options) as server:
        for service in ("PERSONALIZE", "COMPREHEND", "BEDROCK", "BEDROCK_RUNTIME", "SERVICE_QUOTAS"):
            monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service}", server.url)
        yield Account.open(resources.tables["runs"].removesuffix("-runs"), region=REGION)


def made(client: Any, kind: str, **request: Any) -> str:  # noqa: ANN401 - any request
    """Create something in Personalize, and return its ARN once it is as it stays."""
    reply = getattr(client, f"create_{kind}")(**request)
    arn = next(each for each in reply if each.endswith("Arn"))
    for _ in range(500):
        described = getattr(client, f"describe_{kind}")(**{arn: reply[arn]})[arn.removesuffix("Arn")]
        if described.get("status", "ACTIVE") in STATES:
            return str(reply[arn])
        time.sleep(0.02)
    raise AssertionError(f"{kind} is not active")


def campaign(account: Account, *, tps: int) -> None:
    """Train on a few interactions, and make a campaign."""
    client = account.personalize
    group = made(client, "dataset_group", name=account.environment)
    schema = client.create_schema(name="s", schema=json.dumps(SCHEMA))["schemaArn"]
    dataset = made(
        client,
        "dataset",
        name="d",
        datasetGroupArn=group,
        datasetType="Interactions",
        schemaArn=schema,
    )
    bucket = account.named("data")
    boto3.client("s3").put_object(Bucket=bucket, Key="runs/x/personalize/i.csv", Body=ROWS.encode())
    made(
        client,
        "dataset_import_job",
        jobName="i",
        datasetArn=dataset,
        roleArn=ROLE,
        dataSource={"dataLocation": f"s3://{bucket}/runs/x/personalize/i.csv"},
    )
    recipe = "arn:aws:personalize:::recipe/aws-user-personalization-v2"
    solution = made(client, "solution", name="x", datasetGroupArn=group, recipeArn=recipe)
    version = made(client, "solution_version", solutionArn=solution)
    made(client, "campaign", name="live", solutionVersionArn=version, minProvisionedTPS=tps)


def checked(account: Account, check: str) -> Result:
    """The result of one check."""
    checks = (*ai_checks(account), *quota_checks(account))
    return run(next(each for each in checks if each.name == check), on_aws=account.on_aws)


def test_a_campaign_is_named_with_what_it_costs_an_hour(account: Account) -> None:
    """Two requests a second at least are 1.08 dollars an hour, and the account allows no second campaign."""
    assert campaign_finding(account).detail == "none, which costs nothing"
    assert checked(account, "quota of campaigns").outcome is Outcome.OK
    campaign(account, tps=2)
    found = checked(account, "campaigns")
    assert (found.outcome, found.detail) == (
        Outcome.OK,
        "live: 2 requests a second are paid for, 1.08 dollars an hour",
    )
    quota = checked(account, "quota of campaigns")
    assert quota.outcome is Outcome.FAILED
    assert "is less than 2: request more: aws service-quotas request-service-quota-increase" in quota.detail
    assert checked(account, "quota of real-time requests").detail.startswith("500 (GetRecommendations")


def test_another_environments_campaigns_are_not_named(account: Account) -> None:
    """Its dataset group has another name."""
    campaign(account, tps=1)
    other = replace(account, environment=f"{account.environment}-other", on_aws=True)
    assert campaign_finding(other).detail == "none, which costs nothing"
