"""Before anything of a run is paid, the later stages say that the run can end; else it is stopped."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from botocore.exceptions import ClientError

from fondly.contracts.clock import utc_now
from fondly.contracts.errors import PermanentError
from fondly.contracts.events import DataIngested, UploadRead, event_type, parse_event
from fondly.runtime.logs import bind_event, get_logger
from fondly.runtime.queue.consumer import Handler
from fondly.runtime.queue.message import Message
from fondly.runtime.queue.sqs import SQSQueue
from fondly.runtime.retry import is_transient
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.lifecycle import stop_run
from fondly.runtime.runs.run import StageName

MAX_LOOK_S = 15
"""How long a part is put off at most, else as long as its run is old: tasks may have to start first."""
log = get_logger()


@dataclass(frozen=True, kw_only=True)
class Clearance:
    """Handles `upload-read` for a stage, and passes every other message on to the stage's handler."""

    ledger: Ledger
    stage: StageName
    require: Callable[[UploadRead], Awaitable[None]]
    """Raises what says why a run of this size cannot end."""
    handler: Handler

    async def __call__(self, message: Message) -> None:
        """Clear the run or stop it; an error that may pass is raised, so that the message is retried."""
        if event_type(message.body) != UploadRead.type:
            await self.handler(message)
            return
        event = parse_event(message.body, UploadRead)
        bind_event(run_id=event.run_id, event_id=event.id)
        run = await self.ledger.run(event.run_id)
        if self.stage in run.cleared or not run.is_open:
            return
        try:
            await self.require(event.data)
        except (PermanentError, ClientError) as error:
            if is_transient(error):
                raise
            reason = f"not begun, nothing is paid: {error}. Mend that, then `fondly run resume` begins it"
            await stop_run(event.run_id, reason, self.ledger)
        else:
            await self.ledger.clear(event.run_id, self.stage)


@dataclass(frozen=True)
class WhenCleared:
    """Puts a run's parts off until the run is cleared."""

    ledger: Ledger
    queue: SQSQueue
    handler: Handler

    async def __call__(self, message: Message) -> None:
        """Handle a `data-ingested` event, or send it anew."""
        run = await self.ledger.run(parse_event(message.body, DataIngested).run_id)
        if run.is_cleared or not run.is_open:
            await self.handler(message)
        else:
            log.info("run_not_cleared", run_id=run.run_id, cleared=sorted(run.cleared))
            age_s = (utc_now() - run.created_at).total_seconds()
            await self.queue.send(message.body, delay_s=min(MAX_LOOK_S, 1 + int(age_s)))
