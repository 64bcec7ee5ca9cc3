"""The delivery of a finished run: whether it may begin, who said so, and how it goes on.

The parts that are delivered are those that the run's own item has for the stage `sender`; what became of each
email is in the table of dispatches.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

DELIVERY = "delivery"
OF_SAMPLE = "#sample-"
"""Between a run's id and the number of a sample."""


class DeliveryStatus(StrEnum):
    """Whether a run's emails go out."""

    HELD = "held"
    """A person has to approve it."""
    SAMPLE = "sample"
    """Its sample goes out; the rest is held."""
    APPROVED = "approved"
    """It goes out, as its start, quiet hours and throttle allow."""
    PAUSED = "paused"
    """Nothing goes out until it is resumed: a person, or the share of complaints, has stopped it."""
    REJECTED = "rejected"
    """Nothing more goes out, ever."""
    DONE = "done"
    """Something final is known of every email."""

    @property
    def goes_out(self) -> bool:
        """Whether emails may be handed over."""
        return self in {DeliveryStatus.SAMPLE, DeliveryStatus.APPROVED}


class Act(StrEnum):
    """What somebody decided."""

    HOLD = "hold"
    APPROVE = "approve"
    SAMPLE = "sample"
    REJECT = "reject"
    PAUSE = "pause"
    RESUME = "resume"


FROM: Mapping[Act, frozenset[DeliveryStatus]] = {
    Act.HOLD: frozenset(set(DeliveryStatus) - {DeliveryStatus.REJECTED, DeliveryStatus.DONE}),
    Act.APPROVE: frozenset({DeliveryStatus.HELD, DeliveryStatus.SAMPLE, DeliveryStatus.APPROVED}),
    Act.SAMPLE: frozenset({DeliveryStatus.HELD, DeliveryStatus.SAMPLE}),
    Act.REJECT: frozenset(set(DeliveryStatus) - {DeliveryStatus.REJECTED, DeliveryStatus.DONE}),
    Act.PAUSE: frozenset({DeliveryStatus.SAMPLE, DeliveryStatus.APPROVED}),
    Act.RESUME: frozenset({DeliveryStatus.PAUSED}),
}
"""The statuses in which a decision can be taken."""
TO: Mapping[Act, DeliveryStatus] = {
    Act.HOLD: DeliveryStatus.HELD,
    Act.APPROVE: DeliveryStatus.APPROVED,
    Act.SAMPLE: DeliveryStatus.SAMPLE,
    Act.REJECT: DeliveryStatus.REJECTED,
    Act.PAUSE: DeliveryStatus.PAUSED,
}
"""The status that a decision leads to; `RESUME` leads back to the one before the pause."""

RELEASING = frozenset({Act.APPROVE, Act.SAMPLE, Act.RESUME})
"""After these, every part that is not delivered is sent to the sender's queue again."""


class Decision(BaseModel):
    """Who decided what, and when."""

    model_config = ConfigDict(frozen=True)
    act: Act
    by: str
    at: datetime
    note: str = ""
    """Why, or how many."""


class Delivery(BaseModel):
    """The delivery of one run."""

    model_config = ConfigDict(frozen=True)
    run_id: str
    status: DeliveryStatus
    paused_from: DeliveryStatus | None = None
    """The status to go back to when a pause ends."""
    reason: str = ""
    """Why it is paused or rejected."""
    opened_at: datetime
    starts_at: datetime | None = None
    """Nothing goes out before."""
    per_hour: Annotated[int, Field(ge=1)] | None = None
    """At most so many emails an hour."""
    taken_until: float = 0.0
    """Until when the emails take that the throttle has granted, in Unix seconds."""
    sample: Annotated[int, Field(ge=0)] = 0
    """How many emails are in the sample: those of the first customers of its parts, in order."""
    seeds: tuple[str, ...] = ()
    """The addresses that get the sample's emails instead of the customers; none: the customers get them."""
    samples: Annotated[int, Field(ge=0)] = 0
    """How many samples somebody has asked for: seeds of another get copies of their own."""
    sample_parts: Mapping[int, int] = {}
    """How many of the first emails of each part the sample has; nothing unless the status is `sample`."""
    release: Annotated[int, Field(ge=0)] = 0
    """How often somebody has decided that parts go out."""
    released: Annotated[int, Field(ge=0)] = 0
    """The latest of these whose parts have been sent to the sender's queue."""
    attempt: Annotated[int, Field(ge=0)] = 0
    """The number of the poll that is under way: those with smaller ones are left over."""
    due: Mapping[int, int] = {}
    """The parts that wait for a time of day or for another try: until when, in Unix seconds."""
    complaints: Annotated[int, Field(ge=0)] = 0
    """How many readers have complained."""
    excused: Annotated[int, Field(ge=0)] = 0
    """How many had when their share last paused it: whoever resumes it knows of these."""
    decisions: tuple[Decision, ...] = ()
    approvers: Annotated[int, Field(ge=1, le=2)] = 1
    """How many people have to approve what goes to customers."""
    first: tuple[str, str] | None = None
    """Who was the first of two to approve, and a digest of what; whatever is decided or struck voids it."""
    revision: Annotated[int, Field(ge=0)] = 0
    """The latest of `fondly.contracts.revisions`: it rises with every strike."""
    version: Annotated[int, Field(ge=0)] = 0
    """Rises with every change."""

    @property
    def copies(self) -> str:
        """What the dispatches of the latest sample's copies for seeds have in place of the run's id."""
        return f"{self.run_id}{OF_SAMPLE}{self.samples}"
