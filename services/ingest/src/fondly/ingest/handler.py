"""S3's notification of an upload: its run is started, or its events are taken in."""

from dataclasses import dataclass

from fondly.contracts.object_keys import INTERACTIONS
from fondly.ingest.domain.notification import read_notification
from fondly.ingest.use_cases.ingest_events import IngestEvents
from fondly.ingest.use_cases.start_run import StartRun
from fondly.runtime.queue.message import Message


@dataclass(frozen=True)
class IngestHandler:
    """Starts a run for each uploaded file, or complete set of files, that a message names.

    A file of events starts none.
    """

    bucket: str
    start_run: StartRun
    ingest_events: IngestEvents

    async def __call__(self, message: Message) -> None:
        """Handle one notification; returns when what it names is stored and announced, or has failed.

        Raises `PermanentError` for a message that is not a notification about this bucket.
        """
        for upload in read_notification(message.body, bucket=self.bucket):
            handle = self.ingest_events if upload.key.startswith(INTERACTIONS) else self.start_run
            await handle.run(upload, holder=message.message_id)
