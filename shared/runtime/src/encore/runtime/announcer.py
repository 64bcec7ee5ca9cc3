"""Publishes events to the topics that carry them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from encore.contracts.events import EventData, new_event


class Publishing(Protocol):
    """What the announcer needs of a publisher."""

    async def publish(self, topic_arn: str, bodies: Sequence[str]) -> None: ...  # noqa: D102 - see Publisher


class SNSAnnouncer:
    """Wraps event data in envelopes named for `source` and publishes them."""

    def __init__(self, publisher: Publishing, *, source: str, topic_arns: Mapping[str, str]) -> None:
        self._publisher = publisher
        self._source = source
        self._topic_arns = topic_arns

    async def announce(self, run_id: str, data: EventData, *, cause: str) -> None:
        """Publish one event; its id is the same whenever the same cause announces it again."""
        await self.announce_all(run_id, [(cause, data)])

    async def announce_all(self, run_id: str, events: Iterable[tuple[str, EventData]]) -> None:
        """Publish (cause, data) pairs, in calls of ten a topic."""
        bodies: dict[str, list[str]] = {}
        for cause, data in events:
            event = new_event(data, run_id=run_id, source=self._source, cause=cause)
            bodies.setdefault(data.topic, []).append(event.model_dump_json(exclude_none=True))
        for topic, batch in bodies.items():
            await self._publisher.publish(self._topic_arns[topic], batch)
