"""One resource of the account, whatever its kind."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from understudy.personalize.kinds import UNFINISHED, Kind, Status
from understudy.wire.service import Params


@dataclass(slots=True, weakref_slot=True, eq=False, kw_only=True)
class Resource:
    """A resource: `detail` is what its Describe shows, `links` the ARNs it depends on.

    Two resources are never equal, and one can be a key of a WeakKeyDictionary: so an imported table
    or a trained model lives exactly as long as the resource it belongs to.
    """

    kind: Kind
    arn: str
    detail: Params
    links: frozenset[str]
    status: Status | None
    created: datetime
    updated: datetime
    failure_reason: str | None = None
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def unfinished(self) -> bool:
        """Whether its creation is still going on."""
        return self.status in UNFINISHED

    def move(self, status: Status) -> None:
        """Enter `status` now."""
        self.status = status
        self.updated = datetime.now(UTC)
