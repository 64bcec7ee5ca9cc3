"""What happens to a message whose handler failed.

`PermanentError` → the dead-letter queue at once, with the reason. `PostponedError` → sent anew, so that it
never counts as a failure. A transient failure → retried after a backoff. An unknown failure is retried too,
and the queue's redrive policy moves the message to the dead-letter queue once it has been received too often:
what a newer release has written, which only its tasks can read, not before a deployment is over.
"""

from pydantic import ValidationError

from fondly.contracts.errors import NewerReleaseError, PermanentError
from fondly.runtime.logs import get_logger
from fondly.runtime.metrics import Metric
from fondly.runtime.queue.circuit import Circuit
from fondly.runtime.queue.message import Message
from fondly.runtime.queue.ports import Queue
from fondly.runtime.retry import MESSAGE_CAP_S, PostponedError, backoff_s, is_transient

log = get_logger()


class Failures:
    """Handles failed messages and reports transient failures to the circuit."""

    def __init__(self, queue: Queue, circuit: Circuit, *, handler: str) -> None:
        self._queue = queue
        self._circuit = circuit
        self._handler = handler

    async def handle(self, message: Message, error: Exception) -> Metric:
        """Dead-letter the message or return it for a retry; never raises: its visibility runs out anyway."""
        try:
            if isinstance(error, PermanentError):
                return await self._dead_letter(message, error)
            if isinstance(error, PostponedError):
                return await self._postpone(message, error)
            return await self._retry(message, error)
        except Exception as failure:  # noqa: BLE001 - the message becomes visible again by itself
            log.warning("failure_not_handled", error=repr(failure))
            return Metric.MESSAGES_RETRIED

    async def _dead_letter(self, message: Message, error: PermanentError) -> Metric:
        log.error("message_dead_lettered", reason=str(error))
        await self._queue.dead_letter(
            message, reason=str(error), exception=type(error).__name__, handler=self._handler
        )
        return Metric.MESSAGES_DEAD_LETTERED

    async def _postpone(self, message: Message, error: PostponedError) -> Metric:
        log.info("message_sent_anew", reason=str(error))
        await self._queue.send_anew(message)
        return Metric.MESSAGES_RETRIED

    async def _retry(self, message: Message, error: Exception) -> Metric:
        is_newer = isinstance(error, NewerReleaseError | ValidationError)
        delay_s = MESSAGE_CAP_S if is_newer else backoff_s(message.receive_count)
        if is_transient(error):
            log.info("message_retried", error=repr(error), delay_s=round(delay_s, 1))
            self._circuit.failed()
        else:
            log.error("message_failed", exc_info=error, receive_count=message.receive_count)
        await self._queue.change_visibility(message, seconds=delay_s)
        return Metric.MESSAGES_RETRIED
