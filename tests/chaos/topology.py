"""The project's topology as storms need it: messages of killed workers come back soon, and often."""

from fondly.operations.topology import Topology, load_topology


def topology_with(*, visibility_s: int, max_receives: int) -> Topology:
    """Return the topology with this visibility timeout and receive count for every queue."""
    own = load_topology()
    changed = {"visibility_s": visibility_s, "max_receives": max_receives}
    queues = {name: queue.model_copy(update=changed) for name, queue in own.queues.items()}
    return own.model_copy(update={"queues": queues})
