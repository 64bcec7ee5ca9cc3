"""Publishes events to a topic of SNS, or to a queue of SQS."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import structlog

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractAsyncContextManager

    from understudy.ses.simulator import Event

    ClientFactory = Callable[[str], AbstractAsyncContextManager[Any]]

log = structlog.get_logger()


class Publishing:
    """Publishes in the background, as SES does: no sender waits for it."""

    def __init__(self, arn: str, clients: ClientFactory) -> None:
        self._service, self._arn, self._clients = arn.split(":")[2], arn, clients
        self._running: set[asyncio.Task[None]] = set()

    def publish(self, events: Sequence[Event]) -> None:
        """Publish events, in order."""
        task = asyncio.create_task(self._publish(events))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def close(self) -> None:
        """Wait until all is published."""
        await asyncio.gather(*self._running)

    async def _publish(self, events: Sequence[Event]) -> None:
        try:
            async with self._clients(self._service) as client:
                for event in events:
                    await self._send(client, json.dumps(event))
        except Exception:
            log.exception("events_not_published", arn=self._arn)

    async def _send(self, client: Any, body: str) -> None:  # noqa: ANN401 - of either service
        if self._service == "sns":
            await client.publish(
                TopicArn=self._arn, Message=body, Subject="Amazon SES Email Event Notification"
            )
            return
        url = (await client.get_queue_url(QueueName=self._arn.rpartition(":")[2]))["QueueUrl"]
        await client.send_message(QueueUrl=url, MessageBody=body)
