"""S3's notification of an upload: its run is started."""

from dataclasses import dataclass

from encore.ingest.domain.notification import read_notification
from encore.ingest.use_cases.start_run import StartRun
from encore.runtime.queue.message import Message


@dataclass(frozen=True)
class IngestHandler:
    """Starts a run for each uploaded file, or complete set of files, that a message names."""

    bucket: str
    start_run: StartRun

    async def __call__(self, message: Message) -> None:
        """Handle one notification; returns when its runs are stored and announced, or have failed.

        Raises `PermanentError` for a message that is not a notification about this bucket.
        """
        for upload in read_notification(message.body, bucket=self.bucket):
            await self.start_run.run(upload, holder=message.message_id)
