"""S3's notification of an upload: its run is started."""

from encore.ingest.domain.notification import read_notification
from encore.ingest.use_cases.start_run import StartRun
from encore.runtime.queue.message import Message


class IngestHandler:
    """Starts a run for each uploaded file, or complete set of files, that a message names."""

    def __init__(self, bucket: str, start_run: StartRun) -> None:
        self._bucket = bucket
        self._start_run = start_run

    async def __call__(self, message: Message) -> None:
        """Handle one notification; returns when its runs are stored and announced, or have failed.

        Raises `PermanentError` for a message that is not a notification about this bucket.
        """
        for upload in read_notification(message.body, bucket=self._bucket):
            await self._start_run.run(upload, holder=message.message_id)
