"""Publishes events to the topics that carry them."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from fondly.contracts.events import EventData, new_event


class BodyPublisher(Protocol):
    """The publisher that the announcer needs."""

    async def publish(self, topic_arn: str, bodies: Sequence[str]) -> None: ...  # noqa: D102 - see Publisher


class SNSAnnouncer:
    """Wraps event data in envelopes from `source` and publishes them, ten per call."""

    def __init__(self, publisher: BodyPublisher, *, source: str, topic_arns: Mapping[str, str]) -> None:
        self._publisher = publisher
        self._source = source
        self._topic_arns = topic_arns

    async def announce(self, run_id: str, *events: EventData) -> None:
        """Publish each event to its topic."""
        bodies: dict[str, list[str]] = {}
        for data in events:
            event = new_event(data, run_id=run_id, source=self._source)
            bodies.setdefault(data.topic, []).append(event.body)
        for topic, batch in bodies.items():
            await self._publisher.publish(self._topic_arns[topic], batch)
