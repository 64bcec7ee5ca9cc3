"""What becomes of a message whose handler failed.

`PermanentError` → the dead letters at once, with the reason. A transient failure → back after a backoff.
Anything else is unknown: it comes back too, and the queue's own redrive policy sends it to the dead letters
when it has been received too often.
"""

from typing import Protocol

from encore.contracts.errors import PermanentError
from encore.runtime.logs import get_logger
from encore.runtime.metrics import Metric
from encore.runtime.queue.circuit import Circuit
from encore.runtime.queue.message import Message
from encore.runtime.retry import backoff_s, is_transient

log = get_logger()


class Settling(Protocol):
    """What settling needs of a queue."""

    async def lease(self, message: Message, *, seconds: float) -> None: ...  # noqa: D102 - see SQSQueue
    async def dead_letter(self, message: Message, *, reason: str, exception: str, handler: str) -> None: ...  # noqa: D102 - see SQSQueue


class Failures:
    """Settles failed messages and tells the circuit of those that a dependency failed."""

    def __init__(self, queue: Settling, circuit: Circuit, *, handler: str) -> None:
        self._queue = queue
        self._circuit = circuit
        self._handler = handler

    async def settle(self, message: Message, error: Exception) -> Metric:
        """Bury the message or give it back for later; never raises, since its lease ends by itself."""
        try:
            if isinstance(error, PermanentError):
                return await self._dead_letter(message, error)
            return await self._retry(message, error)
        except Exception as failure:  # noqa: BLE001 - the message comes back when its lease ends
            log.warning("message_not_settled", error=repr(failure))
            return Metric.MESSAGES_RETRIED

    async def _dead_letter(self, message: Message, error: PermanentError) -> Metric:
        log.error("message_dead_lettered", reason=str(error))
        await self._queue.dead_letter(
            message, reason=str(error), exception=type(error).__name__, handler=self._handler
        )
        return Metric.MESSAGES_DEAD_LETTERED

    async def _retry(self, message: Message, error: Exception) -> Metric:
        delay_s = backoff_s(message.receive_count)
        if is_transient(error):
            log.info("message_retried", error=repr(error), delay_s=round(delay_s, 1))
            self._circuit.failed()
        else:
            log.error("message_failed", exc_info=error, receive_count=message.receive_count)
        await self._queue.lease(message, seconds=delay_s)
        return Metric.MESSAGES_RETRIED
