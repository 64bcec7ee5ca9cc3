"""What this process looks at for all its viewers at once."""

from dataclasses import dataclass, field

from starlette.requests import Request

from fondly.operations.dead_letters.snapshot import Snapshots
from fondly.operations.environment import Environment
from fondly.operations.queues import QueueWatch
from fondly.operations.throughput import ThroughputWatch

SNAPSHOT_S = 30.0
"""For how long a look at a queue's dead letters serves all who look."""


@dataclass
class Watching:
    """Looks that are shared."""

    queues: QueueWatch
    throughput: ThroughputWatch
    snapshots: Snapshots
    saved: dict[str, frozenset[str]] = field(default_factory=dict)
    """The dead letters of each queue that were last saved to a file, by message id."""

    @classmethod
    def of(cls, environment: Environment) -> "Watching":
        """Return what looks at an environment, and has not seen anything yet."""
        return cls(QueueWatch(environment), ThroughputWatch(environment), Snapshots(environment, SNAPSHOT_S))


def watching(request: Request) -> Watching:
    """Return what the process looks at, from now on with the credentials of whoever asks."""
    state, environment = request.app.state, request.state.environment
    if not hasattr(state, "watching"):
        state.watching = Watching.of(environment)
    found: Watching = state.watching
    found.queues.environment = found.throughput.environment = found.snapshots.environment = environment
    return found
