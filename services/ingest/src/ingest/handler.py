"""From an S3 notification to the run that it starts."""

from collections.abc import Sequence
from contextlib import AsyncExitStack

from ingest.domain.columns import Kind
from ingest.domain.notification import read_notification
from ingest.domain.uploads import SET_KINDS, Upload, file_set, folder_of, kind_of
from ingest.intake import Intake
from ingest.ports import Content, Files, VanishedError
from shared.bus import Message
from shared.errors import PermanentError
from shared.identity import run_id
from shared.ports import RunLedger
from shared.telemetry import bind_event, get_logger

log = get_logger()


class Handler:
    """Makes a run of each uploaded file, or complete set of files, that a message tells of."""

    def __init__(self, files: Files, ledger: RunLedger, intake: Intake) -> None:
        self._files = files
        self._ledger = ledger
        self._intake = intake
        self._active: set[str] = set()

    async def __call__(self, message: Message) -> None:
        """Handle one notification; returns when its runs are stored and announced, or have failed.

        Raises `PermanentError` for a message that is no notification about this bucket.
        """
        for upload in read_notification(message.body, bucket=self._files.name):
            await self._handle_upload(upload, event_id=message.message_id)

    async def _handle_upload(self, upload: Upload, *, event_id: str) -> None:
        keys = await self._keys(upload.key)
        async with AsyncExitStack() as stack:
            try:
                contents = [await stack.enter_async_context(self._files.open(key)) for key in keys]
            except VanishedError as error:
                await self._handle_vanished(upload, f"{upload.key}: {error}")
                return
            if contents:
                await self._start(contents, event_id=event_id)

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

    async def _start(self, contents: Sequence[Content], *, event_id: str) -> None:
        """Open the run of these contents and take it in, unless this process is already about it.

        Then its message may go: the one being worked on comes back if that work is lost.
        """
        found = run_id(self._files.name, {content.key: content.etag for content in contents})
        bind_event(run_id=found, event_id=event_id)
        if found in self._active:
            log.info("run_in_hand")
            return
        self._active.add(found)
        try:
            keys = " ".join(content.key for content in contents)
            run = await self._ledger.open_run(found, source=f"s3://{self._files.name}/{keys}")
            await self._intake.take_in(run, contents)
        finally:
            self._active.discard(found)

    async def _handle_vanished(self, upload: Upload, reason: str) -> None:
        """Fail a run of its own for an upload nobody has read: the same bytes may be uploaded again.

        A repeated notification about a file that was read and then tidied away is no failure.
        """
        try:
            known = await self._ledger.run(run_id(self._files.name, {upload.key: upload.etag}))
        except PermanentError:
            lost = run_id(self._files.name, {upload.key: f"{upload.etag} {upload.event} unread"})
            run = await self._ledger.open_run(lost, source=f"s3://{self._files.name}/{upload.key}")
            await self._intake.fail(run, reason)
        else:
            log.info("upload_gone_but_known", run_id=known.run_id, status=known.status)
