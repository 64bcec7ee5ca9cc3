"""By what a run's customers are ranked in Personalize: the engines, and the recipe of each.

`batch` ranks products for each customer in one job, `campaign` by a request for each customer, and `similar`
asks what goes with each product that customers have, and weaves the answers into a ranking of each customer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from encore.recommender.domain.preferences import EventType
from encore.runtime import training_minimums

RANKED_BY = "ranked_by"
"""The member of a run's step state that says which engine it was begun with; a run of an earlier release,
which has none, goes on with `batch`."""
RECIPE_PREFIX = "arn:aws:personalize:::recipe/"
PERSONAL_RECIPE = "aws-user-personalization-v2"
EVENT_WEIGHTS: Mapping[EventType, float] = {
    EventType.LIKED: 1.0,
    EventType.PURCHASED: 0.8,
    EventType.REVIEWED: 0.6,
    EventType.CLICKED: 0.3,
    EventType.VIEWED: 0.2,
    EventType.DISLIKED: 0.1,
}
"""What somebody looked at says less than what they bought, and more than what they regret.

A purchase of which nothing more is known is a better sign than a lukewarm review.

A dislike still shows what the customer shops for, so it keeps a small weight.
"""
EVENTS_CONFIG: Mapping[str, Any] = {
    "eventsConfig": {
        "eventParametersList": [
            {"eventType": kind.value, "weight": weight} for kind, weight in EVENT_WEIGHTS.items()
        ]
    }
}
"""How a solution for customers weighs kinds of events.

Source: Amazon Personalize developer guide, "Optimizing a solution with events configuration".
"""


class EngineName(StrEnum):
    """The engines that a shop can choose."""

    BATCH = "batch"
    CAMPAIGN = "campaign"
    SIMILAR = "similar"


class SimilarRecipe(StrEnum):
    """The recipes that say what goes with a product."""

    ITEMS = "aws-similar-items"
    """By who has what together, and by categories and texts; it needs as much data as `batch`."""
    SEMANTIC = "aws-semantic-similarity"
    """By what names and descriptions mean; it needs no interactions."""


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine with its recipe."""

    name: EngineName = EngineName.BATCH
    recipe: str = PERSONAL_RECIPE

    @classmethod
    def of(cls, name: EngineName, similar: SimilarRecipe = SimilarRecipe.ITEMS) -> "Engine":
        """Return the engine of this name; `similar` is the recipe of the one that needs a choice."""
        return cls(name, similar.value if name is EngineName.SIMILAR else PERSONAL_RECIPE)

    @classmethod
    def of_run(cls, step: Mapping[str, str]) -> "Engine":
        """Return the engine with which a run, whose step state this is, was begun."""
        name, _, recipe = step.get(RANKED_BY, "").partition(" ")
        return cls(EngineName(name), recipe) if name else cls()

    @property
    def text(self) -> str:
        """The engine in one string, for a run's step state and the basis of rankings."""
        return f"{self.name} {self.recipe}"

    @property
    def recipe_arn(self) -> str:
        """What a solution is created with."""
        return f"{RECIPE_PREFIX}{self.recipe}"

    @property
    def asks_by_product(self) -> bool:
        """Whether it is asked about products, not about customers."""
        return self.name is EngineName.SIMILAR

    @property
    def asks_campaign(self) -> bool:
        """Whether it is asked by requests to a campaign, not by a batch job."""
        return self.name is EngineName.CAMPAIGN

    @property
    def learns_from_events(self) -> bool:
        """Whether a version considers what customers did after its training, if it was put as events.

        One that is asked about products knows no customers: their newest products are asked about anyway.
        """
        return not self.asks_by_product

    @property
    def waits_for_events(self) -> bool:
        """Whether events count only some time later; a campaign considers them at once."""
        return self.learns_from_events and not self.asks_campaign

    @property
    def needs_interactions(self) -> bool:
        """Whether Personalize cannot train its recipe without interactions."""
        return self.recipe != SimilarRecipe.SEMANTIC

    def can_do_without(self, interactions: int) -> bool:
        """Whether so few interactions are left out: Personalize imports no fewer than `MIN_INTERACTIONS`."""
        return not self.needs_interactions and interactions < training_minimums.MIN_INTERACTIONS

    @property
    def events_config(self) -> Mapping[str, Any]:
        """How a solution weighs kinds of events; recipes for products take no such configuration."""
        return {} if self.asks_by_product else EVENTS_CONFIG
