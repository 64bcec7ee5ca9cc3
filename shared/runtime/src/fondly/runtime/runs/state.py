"""What one service knows of a run besides the parts: a typed state in an attribute of the run's item."""

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any, ClassVar, Self, TypeVar

from pydantic import BaseModel, ConfigDict

from fondly.contracts.errors import NewerReleaseError
from fondly.runtime.runs.run import Run, StageName

RELEASE = version("fondly-runtime")


class ServiceState(BaseModel):
    """What a service keeps of a run from message to message.

    A member may be added as long as releases that do not know it may lose it; anything else raises `format`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    stage: ClassVar[StageName]
    format: ClassVar[int] = 1
    version: int = 0
    """Rises with every change: a state is replaced only if nobody else has changed it."""
    attempt: int = 0
    """The number of the latest poll."""

    @classmethod
    def of(cls, run: Run) -> Self:
        """Return the service's state of a run; raise `NewerReleaseError` if this release cannot read it."""
        stored = run.states.get(cls.stage)
        if stored is None:
            return cls.of_step(run.step)
        if stored["format"] > cls.format:
            raise NewerReleaseError(
                f"run {run.run_id}: release {stored['release']} has written its {cls.stage} state in format"
                f" {stored['format']}, and release {RELEASE} reads formats up to {cls.format}:"
                f" use release {stored['release']} or a newer one"
            )
        return cls.model_validate({name: stored[name] for name in cls.model_fields.keys() & stored})

    @classmethod
    def of_step(cls, step: Mapping[str, str]) -> Self:  # noqa: ARG003 - of use to those that had one
        """Return the state of a run that has none yet, or whose state release 0.1.0 kept as strings."""
        return cls()

    def having(self, **members: object) -> Self:
        """Return the state with other members; raise `ValidationError` if they are not of their types."""
        return type(self).model_validate({**dict(self), **members})

    def stored(self) -> dict[str, Any]:
        """Return what the ledger stores."""
        members = self.model_dump(mode="json", exclude_defaults=True)
        return {**members, "version": self.version, "format": self.format, "release": RELEASE}


AnyState = TypeVar("AnyState", bound=ServiceState)
