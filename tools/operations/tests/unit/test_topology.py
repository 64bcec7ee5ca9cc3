from pathlib import Path

import pytest
from pydantic import ValidationError

from fondly.operations.topology import load_topology


def test_every_subscription_and_notification_names_something_that_exists() -> None:
    """No queue subscribes to an unknown topic, no bucket notifies an unknown queue."""
    topology = load_topology()
    subscribed = {topic for queue in topology.queues.values() for topic in queue.topics}
    notified = {note.queue for bucket in topology.buckets.values() for note in bucket.notifications}
    assert subscribed <= set(topology.topics)
    assert notified <= set(topology.queues)


def test_a_misspelt_member_is_refused(tmp_path: Path) -> None:
    """A typo cannot silently change what is created."""
    path = tmp_path / "topology.yaml"
    path.write_text("topics: {}\nqueues: {}\ntables: {}\nbuckets: {data: {versionned: true}}\n")
    with pytest.raises(ValidationError, match="versionned"):
        load_topology(path)
