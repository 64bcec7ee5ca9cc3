"""Campaigns of the environment: they cost money for as long as they exist, asked or not."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fondly.operations.cost.realtime import TPS_HOURS
from fondly.operations.environment import DEFAULT_GROUP
from fondly.operations.verification.account import Account
from fondly.operations.verification.check import Finding, judged
from fondly.runtime.runs.pricing import price_of

REMEDY = (
    "a run deletes the campaign at its end where FONDLY_RECOMMENDER_CAMPAIGN is false;"
    " `fondly cleanup` deletes campaigns with everything else"
)
FAILED = "CREATE FAILED"


def campaigns_of(account: Account) -> Sequence[Mapping[str, Any]]:
    """Return the summaries of the campaigns in the environment's dataset group."""
    names = {account.environment} | (set() if account.on_aws else {DEFAULT_GROUP})
    return [
        campaign
        for group in _listed(account, "list_dataset_groups", "datasetGroups")
        if group["name"] in names
        for solution in _listed(
            account, "list_solutions", "solutions", datasetGroupArn=group["datasetGroupArn"]
        )
        for campaign in _listed(account, "list_campaigns", "campaigns", solutionArn=solution["solutionArn"])
    ]


def _listed(account: Account, operation: Any, member: str, **of: str) -> Iterator[Mapping[str, Any]]:  # noqa: ANN401 - a name of the client's
    for page in account.personalize.get_paginator(operation).paginate(**of):
        yield from page[member]


def campaign_finding(account: Account) -> Finding:
    """Name what exists and what it costs an hour; one that could not be made is a failure."""
    found = [
        account.personalize.describe_campaign(campaignArn=each["campaignArn"])["campaign"]
        for each in campaigns_of(account)
    ]
    failed = [
        f"{each['name']}: {each.get('failureReason', FAILED)}" for each in found if each["status"] == FAILED
    ]
    if failed or not found:
        return judged(failed, detail="none, which costs nothing")
    tps = sum(each["minProvisionedTPS"] for each in found)
    usd = tps * (price_of(TPS_HOURS) or 0)
    names = ", ".join(each["name"] for each in found)
    return judged([], detail=f"{names}: {tps} requests a second are paid for, {usd:.2f} dollars an hour")
