"""Reads `infra/topology.yaml`, the single description of topics, queues, tables and buckets."""

from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

_PLACES = (
    Path(__file__).parent / "topology.yaml",
    Path(__file__).parent / "../../../../../infra/topology.yaml",
)
TOPOLOGY = next((path.resolve() for path in _PLACES if path.exists()), _PLACES[0])
"""Its path in a wheel, else in a checkout."""
SERVICES = ("ingest", "sentiment", "recommender", "mailer", "sender")
"""Everything with a queue of its own, in the order of the flow."""
DEAD_LETTER_SUFFIX = "-dlq"
DEAD_LETTER_RETENTION_S = 1_209_600
MADE_BY = "made-by"
PROVISIONER = "fondly provision"
"""The tag of tables that no Terraform looks after."""


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Topic(_Strict):
    """An SNS topic."""


class Queue(_Strict):
    """An SQS queue with dead letters, subscribed to no, one or several topics with raw delivery."""

    visibility_s: int
    max_receives: int
    retention_s: int
    subscribes: str | tuple[str, ...] = ()

    @property
    def topics(self) -> tuple[str, ...]:
        """The topics that it subscribes to."""
        return (self.subscribes,) if isinstance(self.subscribes, str) else self.subscribes


class Table(_Strict):
    """A DynamoDB table, billed on demand; keys are strings."""

    partition_key: str
    sort_key: str | None = None
    ttl: str | None = None
    """The attribute with the time of expiry, in Unix seconds. Emulators expire nothing."""


class Notification(_Strict):
    """S3 announces objects under `prefix` to `queue`."""

    queue: str
    events: list[str]
    prefix: str


class Bucket(_Strict):
    """An S3 bucket."""

    versioned: bool = False
    notifications: list[Notification] = []


class Topology(_Strict):
    """All resources, by name."""

    topics: dict[str, Topic]
    queues: dict[str, Queue]
    tables: dict[str, Table]
    buckets: dict[str, Bucket]


def load_topology(path: Path = TOPOLOGY) -> Topology:
    """Read and validate the topology; raise `pydantic.ValidationError` for unknown or missing members."""
    return Topology.model_validate(yaml.safe_load(path.read_text()))
