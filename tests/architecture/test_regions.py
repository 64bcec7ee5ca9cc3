"""One account may have the same environments in several regions."""

from collections.abc import Iterator

import pytest

from tests.support.configurations import configuration
from tests.support.hcl import aws

SHARED = {
    "aws_budgets_budget": "name",
    "aws_cloudwatch_dashboard": "dashboard_name",
    "aws_iam_openid_connect_provider": "url",
    "aws_iam_role": "name",
    "aws_s3_bucket": "bucket",
    "aws_sesv2_email_identity_mail_from_attributes": "mail_from_domain",
}
"""What all regions of an account share, and the argument that must differ (for IAM: "IAM identifiers")."""
REGIONS = ("eu-west-1", "ap-southeast-1")
LONGEST = {"aws_iam_role": 64, "aws_s3_bucket": 63}


def in_region(name: str, region: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, str]]:
    """Yield the kinds and names of what a configuration shares with other regions."""
    monkeypatch.setitem(aws.DATA, "aws_region", lambda _: {"region": region})
    for each in configuration(name, region=region).everything():
        if each.kind in SHARED:
            yield each.kind, each[SHARED[each.kind]]


def test_two_regions_of_an_account_share_no_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bootstrap, dev and prod can be applied in both; what an account has once is in a root of its own."""
    once = list(in_region("account", REGIONS[0], monkeypatch))
    made = [
        resource
        for region in REGIONS
        for name in ("bootstrap", "dev", "prod")
        for resource in in_region(name, region, monkeypatch)
    ]
    assert {kind for kind, _ in [*once, *made]} == SHARED.keys()
    assert len({*once, *made}) == len([*once, *made])
    for kind, name in made:
        assert len(name) <= LONGEST.get(kind, 255), name


def test_whatever_iam_names_is_known_to_be_shared() -> None:
    """Another kind of it, or of a bucket or budget, must be thought of here."""
    kinds = {each.kind for name in ("bootstrap", "dev", "prod") for each in configuration(name).everything()}
    named = {kind for kind in kinds if kind.startswith(("aws_iam_", "aws_budgets_", "aws_route53_"))}
    assert named - SHARED.keys() == {"aws_iam_role_policy", "aws_iam_role_policy_attachment"}
