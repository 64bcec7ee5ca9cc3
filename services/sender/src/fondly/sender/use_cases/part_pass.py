"""One pass over a part of a run: what has become of its emails so far, and when the rest is due."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from fondly.contracts import object_keys
from fondly.contracts.delivery import Dispatch, FinishedEmail
from fondly.contracts.errors import PermanentError
from fondly.runtime.ports import Objects
from fondly.runtime.runs.delivery import Delivery, DeliveryStatus
from fondly.sender.domain.tally import counts

LOOKED_UP_AT_ONCE = 100
"""Emails whose customers are looked up together; a pause is noticed between two such groups."""
AGAIN_S = 1
"""After how long an email is judged again that somebody else has changed meanwhile."""


@dataclass
class PartPass:
    """A part that is being delivered, and what has come of it so far."""

    run_id: str
    part: int
    delivery: Delivery
    listed: Sequence[FinishedEmail]
    """Every email of the part."""
    emails: Sequence[FinishedEmail]
    """Those that this pass is about: all of them, or the sample's."""
    now: Callable[[], datetime]
    done: dict[str, Dispatch] = field(default_factory=dict)
    """The emails of which something final is known, by customer."""
    due: datetime | None = None
    """When the rest may be looked at again."""
    is_throttled: bool = False
    """Whether the throttle allows nothing more for now."""
    new: Counter[str] = field(default_factory=Counter)
    """What this pass has found out, by the names of `counts`."""

    def settle(self, dispatch: Dispatch) -> None:
        """Note what this pass has found out about an email for good."""
        self.done[dispatch.customer_id] = dispatch
        self.new.update(counts([dispatch]))

    def wait(self, until: datetime) -> None:
        """Remember that something of the part is due then, at the latest."""
        self.due = until if self.due is None else min(self.due, until)

    def wait_s(self, seconds: float) -> None:
        """Remember that something of the part is due after so long, at the latest."""
        self.wait(self.now() + timedelta(seconds=seconds))

    @property
    def is_sample(self) -> bool:
        """Whether only the run's sample goes out."""
        return self.delivery.status is DeliveryStatus.SAMPLE

    @property
    def to_seeds(self) -> bool:
        """Whether copies go to seeds, and not emails to customers."""
        return self.is_sample and bool(self.delivery.seeds)

    @property
    def dispatched_as(self) -> str:
        """The run, as the table of dispatches has it."""
        return self.delivery.copies if self.to_seeds else self.run_id


async def finished_emails(objects: Objects, run_id: str, part: int) -> list[FinishedEmail]:
    """Return a part's emails; raise `PermanentError` for a run of a release that listed none."""
    key = object_keys.mailed(run_id, part)
    if (lines := await objects.find(key)) is None:
        raise PermanentError(f"{key} is missing: a release made the run that did not deliver; upload again")
    return [FinishedEmail.model_validate_json(line) for line in lines.splitlines()]
