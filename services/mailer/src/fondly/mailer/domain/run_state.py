"""What the mailer keeps of a run."""

from collections.abc import Mapping
from typing import ClassVar, Self

from fondly.contracts.experiments import Holdout
from fondly.runtime.runs.run import StageName
from fondly.runtime.runs.state import ServiceState


class MailerState(ServiceState):
    """Which customers are held out, decided when the first email of the run is due."""

    stage: ClassVar[StageName] = StageName.MAILER
    holdout: Holdout | None = None

    @classmethod
    def of_step(cls, step: Mapping[str, str]) -> Self:
        """Return the state of a run that release 0.1.0 began."""
        holdout = step.get("holdout")
        return cls(holdout=Holdout.model_validate_json(holdout)) if holdout else cls()
