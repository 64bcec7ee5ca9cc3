"""S3's notification of an upload: its run is started, or its events are taken in."""

from dataclasses import dataclass

from fondly.contracts.object_keys import INTERACTIONS
from fondly.ingest.domain.notification import read_notification
from fondly.ingest.use_cases.ingest_events import IngestEvents
from fondly.ingest.use_cases.start_run import StartRun
from fondly.runtime.queue.message import Message


@dataclass(frozen=True)
class IngestHandler:
    """Starts a run for each uploaded file, or complete set; a file of events starts none."""

    bucket: str
    start_run: StartRun
    ingest_events: IngestEvents

    async def __call__(self, message: Message) -> None:
        """Handle a notification completely; raise `PermanentError` if it is none about this bucket."""
        for upload in read_notification(message.body, bucket=self.bucket):
            handle = self.ingest_events if upload.key.startswith(INTERACTIONS) else self.start_run
            await handle.run(upload, holder=message.message_id)
