"""From an upload to its run: which files belong to it, and whether it is still the latest."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

from encore.contracts.run_id import run_id
from encore.ingest.domain.formats.fields import Kind
from encore.ingest.domain.uploads import SET_KINDS, Upload, file_set, folder_of, kind_of
from encore.ingest.ports import Content, Files, VanishedError
from encore.ingest.use_cases.ingest_upload import IngestUpload
from encore.ingest.use_cases.supersede import Supersede
from encore.runtime.logs import bind_event, get_logger
from encore.runtime.runs.ledger import Ledger
from encore.runtime.runs.stage import Stage

WHOLE_UPLOAD = "file"
log = get_logger()


@dataclass(frozen=True)
class StartRun:
    """Starts the run of an uploaded file, or of a set of files once it is complete."""

    files: Files
    ledger: Ledger
    stage: Stage
    supersede: Supersede
    ingest_upload: IngestUpload

    async def run(self, upload: Upload, *, holder: str) -> None:
        """Return when the upload's run is stored and announced, or has failed.

        `holder` is the id of the message that names the upload; it holds the lock meanwhile.
        """
        keys = await self._keys(upload.key)
        async with AsyncExitStack() as stack:
            try:
                contents = [await stack.enter_async_context(self.files.open(key)) for key in keys]
            except VanishedError as error:
                await self._fail_vanished(upload, f"{upload.key}: {error}")
                return
            if contents:
                await self._start(upload, contents, holder)

    async def _keys(self, key: str) -> Sequence[str]:
        """The keys to read for an upload; none while its set is incomplete.

        S3 is strongly consistent: the notification of a set's last file comes when all of them are there.
        """
        if kind_of(key) is Kind.COMBINED:
            return [key]
        found = file_set(await self.files.keys(folder_of(key)))
        if missing := [kind for kind in SET_KINDS if kind not in found]:
            log.info("file_set_incomplete", folder=folder_of(key), missing=missing)
            return []
        return list(found.values())

    async def _start(self, upload: Upload, contents: Sequence[Content], holder: str) -> None:
        """Ingest the contents' run; a second message about them waits and finds it ingested."""
        found = run_id(self.files.name, {content.key: content.etag for content in contents})
        bind_event(run_id=found, event_id=holder)
        async with self.stage.lock(found, WHOLE_UPLOAD, holder=holder):
            known = await self.ledger.find(found)
            if (known is None or known.is_open) and not await self._is_latest(found, upload):
                return
            keys = " ".join(content.key for content in contents)
            run = await self.ledger.open_run(found, source=f"s3://{self.files.name}/{keys}")
            await self.ingest_upload.ingest(run, contents)

    async def _is_latest(self, found: str, upload: Upload) -> bool:
        name = upload.key if kind_of(upload.key) is Kind.COMBINED else folder_of(upload.key)
        source = f"s3://{self.files.name}/{name}"
        return await self.supersede.run(found, source, current=lambda: self._current(upload.key))

    async def _current(self, key: str) -> str | None:
        """The run of the source's content at the moment; None without content."""
        try:
            etags = {key: await self.files.etag(key) for key in await self._keys(key)}
        except VanishedError:
            return None
        return run_id(self.files.name, etags) if etags else None

    async def _fail_vanished(self, upload: Upload, reason: str) -> None:
        """Fail a run of its own for an upload that nobody has read: the same bytes may be uploaded again.

        A repeated notification about a file that was read and deleted afterwards is not a failure.
        """
        known = await self.ledger.find(run_id(self.files.name, {upload.key: upload.etag}))
        if known is not None:
            log.info("upload_deleted_after_ingestion", run_id=known.run_id, status=known.status)
            return
        lost = run_id(self.files.name, {upload.key: f"{upload.etag} {upload.event} unread"})
        run = await self.ledger.open_run(lost, source=f"s3://{self.files.name}/{upload.key}")
        await self.ingest_upload.fail(run, reason)
