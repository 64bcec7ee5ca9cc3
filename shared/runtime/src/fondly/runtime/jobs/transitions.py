"""The phases of a long job, and what leads from one to the next."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Generic, TypeVar

PhaseType = TypeVar("PhaseType", bound=StrEnum)


class Transitions(Generic[PhaseType]):
    """A table of what follows each phase by its outcome; the first phase is where a job begins."""

    def __init__(self, table: Mapping[PhaseType, Mapping[StrEnum, PhaseType]]) -> None:
        self._table = table

    def after(self, phase: PhaseType, outcome: StrEnum) -> PhaseType:
        """Return the phase that follows; raise `KeyError` for an outcome that the phase cannot have."""
        return self._table[phase][outcome]

    def diagram(self) -> str:
        """Return the table as a state diagram in Mermaid's language."""
        return "\n".join(["stateDiagram-v2", *self._lines()])

    def _lines(self) -> Iterator[str]:
        yield f"    [*] --> {_name(next(iter(self._table)))}"
        for phase, following in self._table.items():
            for outcome, then in following.items():
                yield f"    {_name(phase)} --> {_name(then)}: {outcome}"
            if not following:
                yield f"    {_name(phase)} --> [*]"


def _name(phase: StrEnum) -> str:
    """Mermaid reads a hyphen as part of an arrow."""
    return phase.replace("-", "_")
