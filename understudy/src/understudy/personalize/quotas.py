"""How many resources of a kind may exist."""

from collections.abc import Iterable, Mapping

from understudy.personalize.errors import limit_exceeded
from understudy.personalize.kinds import Kind
from understudy.personalize.resource import Resource

Limits = Mapping[str, int]
"""Quotas that differ from AWS's defaults, by the noun of a kind."""


def check_quota(kind: Kind, existing: Iterable[Resource], limit: int) -> None:
    """Raise LimitExceededException when `existing` has used up the quota of `kind`."""
    quota = kind.quota
    counted = [each for each in existing if each.unfinished or not quota.unfinished_only]
    if len(counted) < limit:
        return
    if quota.unfinished_only:
        raise limit_exceeded(f"More than {limit} resources with PENDING or IN_PROGRESS status.")
    raise limit_exceeded(
        f"Cannot create {kind.phrase}. More than {limit} resources in ACTIVE state. "
        "Please delete some and try again."
    )
