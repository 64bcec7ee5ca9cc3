"""What a run has for Personalize, counted bundle by bundle."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from pydantic import BaseModel

from encore.recommender.domain.engines import Engine
from encore.recommender.domain.families import SharedCounts
from encore.recommender.domain.schemas import INTERACTIONS, ITEMS, USERS
from encore.runtime.training_minimums import DataSize

PERSONALIZE = "personalize"
POPULARITY = "popularity"
"""The engines: what a run's products are ranked by."""
ENGINE = "engine"
"""Where a run's `step` keeps which of them it is for."""
RANKED, REQUESTS = "ranked", "requests"
"""Where it keeps for how many customers Personalize is asked, and for how many lines of any kind."""
NOBODY = "nobody to rank products for"
NO_DATA = DataSize()
BATCH = Engine()


def asks_for_rankings(step: Mapping[str, str]) -> bool:
    """Whether a run needs a model that ranks: it has enough to learn from, and somebody without a ranking.

    A run that an earlier release has prepared may not say how many are ranked. Where products are asked
    about, those customers may have none.
    """
    return step.get(ENGINE, PERSONALIZE) == PERSONALIZE and "0" not in (step.get(RANKED), step.get(REQUESTS))


class PreparedBundle(BaseModel):
    """How much of a bundle is there for Personalize, and which reviews the bundle's products share."""

    interactions: int = 0
    customers: int = 0
    returning: int = 0
    ranked: int = 0
    """For how many customers Personalize is to rank products."""
    kept: int = 0
    """How many customers have a ranking that was kept."""
    new_interactions: int = 0
    """How many interactions no earlier run had."""
    replaced_interactions: int = 0
    """How many interactions of earlier runs are different now, or gone."""
    new_users: int = 0
    """How many customers are new, or described otherwise than before."""
    read_units: int = 0
    """What looking for kept rankings, and reading and gathering histories, took of DynamoDB."""
    write_units: int = 0
    """What histories took of it."""
    interactions_bytes: int = 0
    users_bytes: int = 0
    new_bytes: int = 0
    """The size of the files with what is new."""
    shared: SharedCounts = SharedCounts()
    products: tuple[str, ...] = ()
    """The products to ask about, where Personalize is asked by product."""
    other_files: int = 0
    """How many files have the customers of earlier files who were gathered."""
    pins: int = 0
    """For how many customers Personalize is to rank the pinned products."""

    @property
    def size(self) -> DataSize:
        """How much there is to learn from."""
        return DataSize(interactions=self.interactions, customers=self.customers, returning=self.returning)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """How much of a whole run there is for Personalize: what it imports, and whom it ranks products for."""

    size: DataSize = NO_DATA
    items: int = 0
    ranked: int = 0
    kept: int = 0
    new_interactions: int = 0
    replaced_interactions: int = 0
    new_users: int = 0
    new_bytes: int = 0
    read_units: int = 0
    requests: int = 0
    """What Personalize is asked for, and charges: a customer each, or a product each."""
    write_units: int = 0
    files: int = 0
    """The files of the batch inference job."""
    largest_file: int = 0
    """The customers in the largest of them."""
    other_files: int = 0
    pins: int = 0
    dataset_bytes: Mapping[str, int] = field(default_factory=dict)
    """The size of what is imported, by dataset."""

    def plus(self, bundle: PreparedBundle) -> "Prepared":
        """Return the run with one bundle more."""
        more = {INTERACTIONS.kind: bundle.interactions_bytes, USERS.kind: bundle.users_bytes}
        known = {ITEMS.kind: 0, **dict.fromkeys(more, 0), **self.dataset_bytes}
        return Prepared(
            size=self.size.plus(bundle.size),
            items=self.items,
            ranked=self.ranked + bundle.ranked,
            kept=self.kept + bundle.kept,
            new_interactions=self.new_interactions + bundle.new_interactions,
            replaced_interactions=self.replaced_interactions + bundle.replaced_interactions,
            new_users=self.new_users + bundle.new_users,
            new_bytes=self.new_bytes + bundle.new_bytes,
            read_units=self.read_units + bundle.read_units,
            requests=self.requests + bundle.ranked,
            write_units=self.write_units + bundle.write_units,
            files=self.files + bool(bundle.ranked),
            largest_file=max(self.largest_file, bundle.ranked),
            other_files=self.other_files + bundle.other_files,
            pins=self.pins + bundle.pins,
            dataset_bytes={kind: size + more.get(kind, 0) for kind, size in known.items()},
        )

    @property
    def csv_bytes(self) -> int:
        """The size of everything that is imported."""
        return sum(self.dataset_bytes.values())

    def shortfall(self, engine: Engine = BATCH) -> str | None:
        """Why Personalize is not used; None if there is enough to learn from, and somebody to rank for."""
        too_little = self.size.shortfall if engine.needs_interactions else None
        return too_little or (None if self.ranked + self.kept else NOBODY)

    def asking(self, products: int, files: int, largest: int) -> "Prepared":
        """Return the run with so many products to ask about instead of customers, in so many files."""
        return replace(self, requests=products, files=files, largest_file=largest)
