"""Models that a run may train beside the one that ranks: for related items, and for the order of pins.

Each has a solution, a version and a batch job of its own, all made like those of the ranking. None is needed:
what Personalize refuses is done without.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from encore.recommender.domain import personalize_keys
from encore.recommender.domain.engines import RECIPE_PREFIX

RANKING_RECIPE = "aws-personalized-ranking-v2"
YES, NO = "yes", "no"


@dataclass(frozen=True, slots=True)
class SideModel:
    """One of them: its name, by which its resources and members of a run's step state are named."""

    name: str
    input: str
    output: str
    weighs_events: bool = False
    """Whether its recipe takes weights of kinds of events."""

    @property
    def solution(self) -> str:
        """Where a run's step state has the ARN of its solution; a version of an earlier run needs none."""
        return f"{self.name}_solution"

    @property
    def version(self) -> str:
        """Where it has the ARN of its version."""
        return f"{self.name}_version"

    @property
    def job(self) -> str:
        """Where it has the ARN of its batch job."""
        return f"{self.name}_job"

    @property
    def recipe(self) -> str:
        """Where it keeps the recipe, from the run's beginning; empty if the model is switched off."""
        return f"{self.name}_recipe"

    @property
    def requests(self) -> str:
        """Where it keeps for how many lines Personalize is asked; 0 if all is known."""
        return f"{self.name}_requests"

    @property
    def reused(self) -> str:
        """Where it keeps whether the version is an earlier run's, once that is decided."""
        return f"{self.name}_reused"

    @property
    def refused(self) -> str:
        """Where it keeps why the run does without."""
        return f"{self.name}_refused"

    def recipe_arn(self, step: Mapping[str, str]) -> str:
        """What its solution is created with."""
        return f"{RECIPE_PREFIX}{step[self.recipe]}"

    def is_asked(self, step: Mapping[str, str]) -> bool:
        """Whether a run, whose step state this is, asks it for anything."""
        return bool(step.get(self.recipe)) and self.lines(step) > 0 and not step.get(self.refused)

    def is_trained(self, step: Mapping[str, str]) -> bool:
        """Whether a run trains a version of it, as far as it has decided."""
        return self.is_asked(step) and step.get(self.reused) != YES

    def lines(self, step: Mapping[str, str]) -> int:
        """Return for how many lines Personalize is asked."""
        return int(step.get(self.requests) or 0)


RELATED = SideModel("related", personalize_keys.RELATED_INPUT, personalize_keys.RELATED_OUTPUT)
PINS = SideModel("pins", personalize_keys.PINS_INPUT, personalize_keys.PINS_OUTPUT, weighs_events=True)
SIDE_MODELS = (RELATED, PINS)


def asked(step: Mapping[str, str]) -> list[SideModel]:
    """Return the side models that a run asks for something."""
    return [each for each in SIDE_MODELS if each.is_asked(step)]


def side_model_of(key: str) -> SideModel | None:
    """Return the side model that a member of the step state with an ARN belongs to, if any."""
    return next((each for each in SIDE_MODELS if key in (each.solution, each.version, each.job)), None)
