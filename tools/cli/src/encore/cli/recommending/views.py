"""What the command answers, for people and as JSON."""

from pydantic import BaseModel, ConfigDict

from encore.contracts.records import Exclusion, Pick
from encore.recommender.domain.real_time import PickedFrom


class Recommended(BaseModel):
    """For whom, from what, and why not from what was asked for."""

    model_config = ConfigDict(frozen=True)

    customer_id: str
    known: bool
    engine: PickedFrom
    fallback: str | None = None
    run_id: str


class Picked(Recommended):
    """A customer's current picks, best first."""

    exclusion: Exclusion | None = None
    picks: tuple[Pick, ...]


class Placed(BaseModel):
    """One of the products that were to be ordered."""

    model_config = ConfigDict(frozen=True)

    product_id: str
    name: str
    category: tuple[str, ...] = ()


class Ordered(Recommended):
    """Given products in the order for a customer."""

    products: tuple[Placed, ...]
    unknown: tuple[str, ...] = ()
