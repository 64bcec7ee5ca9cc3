"""How Personalize behaves beside what AWS does by default."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from understudy.disturbance import Disturbance
from understudy.personalize.trainer import LARGE_ROWS


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalizeOptions:
    """Where the state is, how long states last, and what is refused on demand."""

    state_delay_s: float = 0.0
    """How long each state of a resource lasts at least."""
    state_dir: Path | None = None
    """A folder in which state outlives the process; without one it is in memory."""
    calls_per_s: float | None = None
    """The calls a second that each operation answers; others are throttled."""
    limits: Mapping[str, int] = field(default_factory=dict)
    """How many resources of a kind there may be, where it differs from AWS: by noun, such as `Campaign`."""
    large_rows: int = LARGE_ROWS
    """From how many records on a version is trained in a process of its own."""
    disturbance: Disturbance = field(default_factory=Disturbance)
    """What befalls every call."""
