"""`fondly verify` names the campaigns of an environment, which cost money while they exist."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from fondly.operations.verification import Account
from fondly.operations.verification.ai import ai_checks
from fondly.operations.verification.campaigns import campaign_finding
from fondly.operations.verification.check import Outcome, Result, run
from fondly.operations.verification.quotas import quota_checks
from fondly.stack.provision import Resources
from tools.cli.tests.campaigns import campaign
from understudy.account import AccountOptions
from understudy.testing import UnderstudyServer

REGION = "eu-west-1"


@pytest.fixture
def account(resources: Resources, emulator_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    """A provisioned environment with an understudy of its own, whose account may have one campaign."""
    options = AccountOptions(campaigns=1)
    with UnderstudyServer(region=REGION, s3_endpoint_url=emulator_url, account=options) as server:
        for service in ("PERSONALIZE", "COMPREHEND", "BEDROCK", "BEDROCK_RUNTIME", "SERVICE_QUOTAS"):
            monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service}", server.url)
        yield Account.open(resources.tables["runs"].removesuffix("-runs"), region=REGION)


def checked(account: Account, check: str) -> Result:
    """The result of one check."""
    checks = (*ai_checks(account), *quota_checks(account))
    return run(next(each for each in checks if each.name == check), on_aws=account.on_aws)


def test_a_campaign_is_named_with_what_it_costs_an_hour(account: Account) -> None:
    """Two requests a second at least are 1.08 dollars an hour, and the account allows no second campaign."""
    assert campaign_finding(account).detail == "none, which costs nothing"
    assert checked(account, "quota of campaigns").outcome is Outcome.OK
    campaign(account, name="live", tps=2)
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
    campaign(account, name="live", tps=1)
    other = replace(account, environment=f"{account.environment}-other", on_aws=True)
    assert campaign_finding(other).detail == "none, which costs nothing"
