"""Starts the run of one source, for one message: resumed, waited for, verified, superseding an older one."""

import tempfile
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from encore.contracts.run_id import run_id
from encore.ingest.domain.file_sets import Delivery, Incomplete, delivery_kept
from encore.ingest.domain.folders import Folder
from encore.ingest.domain.uploads import Upload
from encore.ingest.ports import Content, DeliveredFile, OpenDelivery, VanishedError
from encore.ingest.use_cases.find_delivery import Source, can_resume
from encore.ingest.use_cases.start_tools import Tools
from encore.ingest.use_cases.supersede import IsCurrent
from encore.ingest.use_cases.verify_files import Mismatch, verify_files
from encore.runtime.logs import bind_event, get_logger
from encore.runtime.runs.latest import LatestRun
from encore.runtime.runs.run import Run, StageName

WHOLE_UPLOAD = "file"
LOOK_S = 2.0
"""How often a set that waits is looked at."""
log = get_logger()


class SourceStart:
    """One source's run, for one message: `holder` is its id, `upload` what it names."""

    def __init__(self, tools: Tools, source: Source, upload: Upload, holder: str) -> None:
        self._files, self._ledger, self._stage = tools.files, tools.ledger, tools.stage
        self._supersede, self._ingest, self._find = tools.supersede, tools.ingest, tools.find
        self._limits = tools.limits
        self._source = source
        self._upload = upload
        self._holder = holder

    async def run(self, folder: Folder) -> None:
        """Start the run, resume it, or say what is missing."""
        try:
            async with AsyncExitStack() as stack:
                delivery = await self._delivery(folder)
                if delivery is None:
                    return
                contents = [
                    await stack.enter_async_context(self._files.open(each.key)) for each in delivery.stored
                ]
                if [content.etag for content in contents] != [each.etag for each in delivery.stored]:
                    log.info("upload_already_replaced")
                    return
                temporary = tempfile.TemporaryDirectory(prefix="encore-verify-", dir=self._limits.temp_dir)
                saved = Path(stack.enter_context(temporary))
                await self._start(delivery, contents, saved)
        except VanishedError as error:
            await self._fail_vanished(f"{self._upload.key}: {error}")

    async def _delivery(self, folder: Folder) -> Delivery | None:
        """Return what to start a run of; a set is looked at for a while, as more may be coming."""
        latest, choice = await self._choose(folder)
        left_s = self._limits.wait_s
        while left_s > 0 and isinstance(choice, Delivery) and await self._may_grow(choice, latest):
            await self._limits.sleep(min(LOOK_S, left_s))
            left_s -= LOOK_S
            folder = await self._find.folder(self._upload.key)
            latest, choice = await self._choose(folder)
        if isinstance(choice, Delivery):
            return choice
        if self._source.is_set:
            log.info("file_set_incomplete", folder=folder.prefix, missing=choice.missing, old=choice.old)
        else:
            log.info("upload_unchanged", key=self._source.key)
        await self._end_interrupted(folder, latest)
        return None

    async def _choose(self, folder: Folder) -> tuple[LatestRun, Delivery | Incomplete]:
        latest = await self._supersede.latest.get(self._source.address)
        return latest, await self._find.choose(self._source, folder, latest, key=self._upload.key)

    async def _may_grow(self, delivery: Delivery, latest: LatestRun) -> bool:
        """Whether the set is new and nothing says that it is whole."""
        if not self._source.is_set or delivery.is_sure:
            return False
        found = self._find.run_id(delivery)
        return found != latest.run_id and await self._ledger.find(found) is None

    async def _start(self, delivery: Delivery, contents: Sequence[Content], saved: Path) -> None:
        """Ingest the contents' run, unless their checksums say that one of them is still to be replaced."""
        found = self._find.run_id(delivery)
        bind_event(run_id=found, event_id=self._holder)
        latest = await self._supersede.latest.get(self._source.address)
        is_begun = (found, delivery.kept()) == (latest.run_id, latest.files)
        verified: list[Content] | Mismatch = list(contents)
        if not (is_begun and await self._is_done(found)):
            limit, used = self._limits.max_bytes, _is_used(delivery, latest)
            verified = await verify_files(delivery, contents, saved, max_bytes=limit, newest_first=used)
            if isinstance(verified, Mismatch) and (verified.is_late or used) and not is_begun:
                log.warning("file_set_incomplete", folder=self._source.address, problem=verified.reason)
                return
        async with self._stage.lock(found, WHOLE_UPLOAD, holder=self._holder):
            run = await self._open(found, delivery)
            if run and isinstance(verified, Mismatch):
                await self._ingest.fail(run, verified.reason)
            elif run and not isinstance(verified, Mismatch):
                await self._ingest.ingest(run, await self._opened(delivery, verified))

    async def _is_done(self, found: str) -> bool:
        """Whether the run has been ingested or has ended."""
        run = await self._ledger.find(found)
        return run is not None and (not run.is_open or _is_ingested(run))

    async def _open(self, found: str, delivery: Delivery) -> Run | None:
        """Return the delivery's run, now its source's latest; None if a newer upload makes another one."""
        address, is_current = self._source.address, self._is_current(delivery)
        known = await self._ledger.find(found)
        if known is not None and not known.is_open:
            await self._supersede.remember(found, address, delivery, is_current=is_current)
            return known
        if not await self._supersede.run(found, address, delivery, is_current=is_current):
            return None
        keys = " ".join(each.key for each in delivery.stored)
        return await self._ledger.open_run(found, source=f"s3://{self._files.name}/{keys}")

    def _is_current(self, delivery: Delivery) -> IsCurrent:
        async def is_current(latest: LatestRun) -> bool:
            try:
                folder = await self._find.folder(self._upload.key)
                again = await self._find.choose(self._source, folder, latest, key=self._upload.key)
            except VanishedError:
                return True
            return isinstance(again, Delivery) and again.kept() == delivery.kept()

        return is_current

    async def _opened(self, delivery: Delivery, contents: Sequence[Content]) -> OpenDelivery:
        files = [
            DeliveredFile(file.kind, content) for file, content in zip(delivery.files, contents, strict=False)
        ]
        folder = await self._find.folder(self._upload.key)
        return OpenDelivery(
            files,
            mapping=contents[-1] if delivery.mapping else None,
            ignored=folder.ignored(delivery.files) if self._source.is_set else (),
        )

    async def _end_interrupted(self, folder: Folder, latest: LatestRun) -> None:
        """Fail the last run if its worker has died over it and one of its files has been replaced since.

        No message could resume it. A worker that is still reading it holds the lock.
        """
        if can_resume(delivery_kept(latest.files), folder) or not await self._unread(latest):
            return
        async with self._stage.lock(latest.run_id or "", WHOLE_UPLOAD, holder=self._holder):
            if run := await self._unread(latest):
                await self._ingest.fail(
                    run, f"a file in {folder.prefix} was replaced before it was read: upload all files again"
                )

    async def _unread(self, latest: LatestRun) -> Run | None:
        """The latest run, if it is open and ingest has not announced all of it."""
        run = await self._ledger.find(latest.run_id) if latest.run_id else None
        return run if run and run.is_open and not _is_ingested(run) else None

    async def _fail_vanished(self, reason: str) -> None:
        """Fail a run of its own for an upload that nobody has read: the same bytes may be uploaded again.

        A repeated notification about a file that was read and deleted afterwards is not a failure.
        """
        upload, bucket = self._upload, self._files.name
        latest = await self._supersede.latest.get(self._source.address)
        was_read = any((each["key"], each["etag"]) == (upload.key, upload.etag) for each in latest.files)
        if was_read or await self._ledger.find(run_id(bucket, {upload.key: upload.etag})):
            log.info("upload_deleted_after_ingestion", key=upload.key)
            return
        lost = run_id(bucket, {upload.key: f"{upload.etag} {upload.event} unread"})
        run = await self._ledger.open_run(lost, source=f"s3://{bucket}/{upload.key}")
        await self._ingest.fail(run, reason)


def _is_used(delivery: Delivery, latest: LatestRun) -> bool:
    """Whether the manifest has started the last run: newer files wait for a newer manifest."""
    return delivery.manifest == delivery_kept(latest.files).manifest


def _is_ingested(run: Run) -> bool:
    return run.parts is not None and len(run.stage(StageName.INGEST).done) >= run.parts
