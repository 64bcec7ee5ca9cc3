"""The project's topology as storms need it: messages of killed workers come back soon, and often."""

from pathlib import Path

from fondly.operations.topology import TOPOLOGY, Topology, load_topology


def topology_with(*, visibility_s: int, max_receives: int, of: Path = TOPOLOGY) -> Topology:
    """Return a topology, by default today's, with this visibility timeout and receive count of queues."""
    own = load_topology(of)
    changed = {"visibility_s": visibility_s, "max_receives": max_receives}
    queues = {name: queue.model_copy(update=changed) for name, queue in own.queues.items()}
    return own.model_copy(update={"queues": queues})
