"""From an S3 notification to the run that it starts."""

from collections.abc import Sequence
from contextlib import AsyncExitStack

from encore.contracts.run_id import run_id
from encore.ingest.domain.file_formats import Kind
from encore.ingest.domain.notification import read_notification
from encore.ingest.domain.uploads import SET_KINDS, Upload, file_set, folder_of, kind_of
from encore.ingest.ports import Content, Files, VanishedError
from encore.ingest.use_cases.ingest_upload import IngestUpload as Intake
from encore.ingest.use_cases.supersede import Succession
from encore.runtime.logs import bind_event, get_logger
from encore.runtime.ports import Claiming, RunLedger
from encore.runtime.queue.message import Message
from encore.runtime.runs.run import StageName

WHOLE_FILE = "file"
log = get_logger()


class Handler:
    """Makes a run of each uploaded file, or complete set of files, that a message tells of."""

    def __init__(
        self, files: Files, ledger: RunLedger, locks: Claiming, succession: Succession, intake: Intake
    ) -> None:
        self._files = files
        self._ledger = ledger
        self._locks = locks
        self._succession = succession
        self._intake = intake

    async def __call__(self, message: Message) -> None:
        """Handle one notification; returns when its runs are stored and announced, or have failed.

        Raises `PermanentError` for a message that is no notification about this bucket.
        """
        for upload in read_notification(message.body, bucket=self._files.name):
            await self._handle_upload(upload, message)

    async def _handle_upload(self, upload: Upload, message: Message) -> None:
        keys = await self._keys(upload.key)
        async with AsyncExitStack() as stack:
            try:
                contents = [await stack.enter_async_context(self._files.open(key)) for key in keys]
            except VanishedError as error:
                await self._handle_vanished(upload, f"{upload.key}: {error}")
                return
            if contents:
                await self._start(upload, contents, message)

    async def _keys(self, key: str) -> Sequence[str]:
        """The keys to read for an upload, none while its set is incomplete.

        S3 is strongly consistent: whoever hears of the last file of a set sees all of them.
        """
        if kind_of(key) is Kind.COMBINED:
            return [key]
        found = file_set(await self._files.keys(folder_of(key)))
        if missing := [kind for kind in SET_KINDS if kind not in found]:
            log.info("file_set_incomplete", folder=folder_of(key), missing=missing)
            return []
        return list(found.values())

    async def _start(self, upload: Upload, contents: Sequence[Content], message: Message) -> None:
        """Take the contents' run in; a second message about them waits and then finds it taken in."""
        found = run_id(self._files.name, {content.key: content.etag for content in contents})
        bind_event(run_id=found, event_id=message.message_id)
        async with self._locks.hold(found, StageName.INGEST, WHOLE_FILE, holder=message.message_id):
            known = await self._ledger.find(found)
            if (known is None or known.is_open) and not await self._is_newest(found, upload):
                return
            keys = " ".join(content.key for content in contents)
            run = await self._ledger.open_run(found, source=f"s3://{self._files.name}/{keys}")
            await self._intake.take_in(run, contents)

    async def _is_newest(self, found: str, upload: Upload) -> bool:
        name = upload.key if kind_of(upload.key) is Kind.COMBINED else folder_of(upload.key)
        source = f"s3://{self._files.name}/{name}"
        return await self._succession.succeed(found, source, current=lambda: self._current(upload.key))

    async def _current(self, key: str) -> str | None:
        """The run of what lies there now, None when nothing does."""
        try:
            etags = {key: await self._files.etag(key) for key in await self._keys(key)}
        except VanishedError:
            return None
        return run_id(self._files.name, etags) if etags else None

    async def _handle_vanished(self, upload: Upload, reason: str) -> None:
        """Fail a run of its own for an upload nobody has read: the same bytes may be uploaded again.

        A repeated notification about a file that was read and then tidied away is no failure.
        """
        known = await self._ledger.find(run_id(self._files.name, {upload.key: upload.etag}))
        if known is not None:
            log.info("upload_gone_but_known", run_id=known.run_id, status=known.status)
            return
        lost = run_id(self._files.name, {upload.key: f"{upload.etag} {upload.event} unread"})
        run = await self._ledger.open_run(lost, source=f"s3://{self._files.name}/{upload.key}")
        await self._intake.fail(run, reason)
