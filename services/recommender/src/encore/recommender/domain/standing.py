"""What Personalize has, as far as this system knows, and the version that rankings are asked of.

One standing belongs to a dataset group. Only the run whose turn it is changes it.
"""

from collections.abc import Mapping
from datetime import datetime

from pydantic import BaseModel, ConfigDict

NDCG = "normalized_discounted_cumulative_gain_at_25"
"""The metric by which versions are compared: of a customer's held-out interactions, how far up they are."""


class KnownDataset(BaseModel):
    """A dataset: one that was deleted and made again has the same ARN, but is younger, and empty."""

    model_config = ConfigDict(frozen=True)
    arn: str
    schema_arn: str
    created_at: datetime


class Version(BaseModel):
    """A solution version that a run has trained, and what it was trained on."""

    model_config = ConfigDict(frozen=True)
    arn: str
    solution_arn: str
    run_id: str
    trained_at: datetime
    settings: str
    """A digest of what decides every ranking besides the data: `Plan.trains_with`."""
    interactions: int
    metrics: Mapping[str, float] = {}
    """What `GetSolutionMetrics` says; empty if it says nothing."""

    @property
    def ndcg(self) -> float | None:
        """The metric by which versions are compared; None if it is not known."""
        return self.metrics.get(NDCG)


class Standing(BaseModel):
    """What is known of a dataset group; nothing is, at first."""

    model_config = ConfigDict(frozen=True)
    revision: int = 0
    """How often it has changed."""
    imported: str = ""
    """The run up to which Personalize has all that the customers' histories have."""
    importing: str = ""
    """The run that began to import, and has not said that it finished: nobody knows what is there."""
    datasets: Mapping[str, KnownDataset] = {}
    """The datasets that were imported to, by type in lower case."""
    items_digest: str = ""
    """The digest of the catalogue that Personalize has."""
    items_run: str = ""
    """The run whose file of items that catalogue is; empty if nobody knows."""
    telling: str = ""
    """The run that began to put products one by one, and has not said that it finished."""
    new_rows: int = 0
    """Interactions that were imported since the latest training, new or changed."""
    in_use: Version | None = None
    refused: Version | None = None
    """The latest version, if it was worse than the one in use."""
    sides: Mapping[str, Version] = {}
    """By the name of a side model its version in use. Of related items it is the run that has the lists."""

    @property
    def latest(self) -> Version | None:
        """The version that was trained last, whether it is used or not."""
        return self.refused or self.in_use

    @property
    def solutions(self) -> frozenset[str]:
        """The ARNs of the solutions whose versions may still be used."""
        found = (self.in_use, self.refused, *self.sides.values())
        return frozenset(each.solution_arn for each in found if each and each.solution_arn)
