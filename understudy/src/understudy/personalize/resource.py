"""One resource of the account, of any kind, its form in the store, and how many there may be."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from understudy.database import as_json, from_json
from understudy.personalize import kinds
from understudy.personalize.errors import limit_exceeded
from understudy.personalize.kinds import UNFINISHED, Kind, Status
from understudy.wire.service import Params


@dataclass(slots=True, weakref_slot=True, eq=False, kw_only=True)
class Resource:
    """A resource: `detail` is what its Describe returns, `links` the ARNs it depends on.

    Resources are compared by identity and can be keys of a WeakKeyDictionary, so an imported table or
    a trained model lives exactly as long as its resource.
    """

    kind: Kind
    arn: str
    detail: Params
    links: frozenset[str]
    status: Status | None
    created: datetime
    updated: datetime
    tags: dict[str, str]
    failure_reason: str | None = None

    @classmethod
    def new(cls, kind: Kind, arn: str, detail: Params, links: frozenset[str]) -> Self:
        """Return a resource whose creation is pending, with the tags in `detail`."""
        now = datetime.now(UTC)
        return cls(
            kind=kind,
            arn=arn,
            detail={key: value for key, value in detail.items() if key != "tags"},
            links=links,
            status=kind.course.pending if kind.has_status else None,
            created=now,
            updated=now,
            tags={tag["tagKey"]: tag["tagValue"] for tag in detail.get("tags", [])},
        )

    @property
    def unfinished(self) -> bool:
        """Whether its creation is still under way."""
        return self.status in UNFINISHED

    def move(self, status: Status) -> None:
        """Set the status and the time of its last update."""
        self.status = status
        self.updated = datetime.now(UTC)


_KINDS: Mapping[str, Kind] = {kind.noun: kind for kind in vars(kinds).values() if isinstance(kind, Kind)}


def resource_as_json(resource: Resource) -> str:
    """Return everything about a resource."""
    return as_json(
        {
            "kind": resource.kind.noun,
            "arn": resource.arn,
            "detail": resource.detail,
            "links": sorted(resource.links),
            "status": resource.status,
            "created": resource.created,
            "updated": resource.updated,
            "tags": resource.tags,
            "failure_reason": resource.failure_reason,
        }
    )


def resource_from_json(text: str) -> Resource:
    """Return the resource that was described."""
    stored = from_json(text)
    return Resource(
        kind=_KINDS[stored["kind"]],
        arn=stored["arn"],
        detail=stored["detail"],
        links=frozenset(stored["links"]),
        status=None if stored["status"] is None else Status(stored["status"]),
        created=stored["created"],
        updated=stored["updated"],
        tags=stored["tags"],
        failure_reason=stored["failure_reason"],
    )


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
