"""What is answered, for people and as JSON."""

from pydantic import BaseModel, ConfigDict, Field

from fondly.contracts.records import Exclusion, Pick
from fondly.recommender.domain.realtime.current_picks import PickedFrom


class Picked(BaseModel):
    """A customer's current picks, best first: from what, and why not from what was asked for."""

    model_config = ConfigDict(frozen=True)

    customer_id: str
    known: bool
    exclusion: Exclusion | None = None
    engine: PickedFrom
    fallback: str | None = None
    run_id: str
    picks: tuple[Pick, ...]
    file_problem: str | None = Field(default=None, exclude=True)
    """Why the shop's file is not used, but that of the run."""
