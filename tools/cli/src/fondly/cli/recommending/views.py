"""What the command answers, for people and as JSON."""

from pydantic import BaseModel, ConfigDict

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
