"""Starts the run of one source, for one message: resumed, waited for, verified, superseding an older one."""

import tempfile
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from fondly.ingest.domain.file_sets import Incomplete, RunFiles, known_digests, run_files_kept
from fondly.ingest.domain.folders import Folder
from fondly.ingest.domain.uploads import Upload
from fondly.ingest.ports import Content, OpenRunFile, OpenRunFiles, VanishedError
from fondly.ingest.use_cases.find_run_files import Source, can_resume
from fondly.ingest.use_cases.ingest_upload import is_ingested
from fondly.ingest.use_cases.start_tools import Tools, fail_unread
from fondly.ingest.use_cases.supersede import IsCurrent, Kept
from fondly.ingest.use_cases.verify_files import Verified, VerifyFiles
from fondly.runtime.logs import bind_event, get_logger
from fondly.runtime.runs.latest import LatestRun
from fondly.runtime.runs.run import Run
from fondly.runtime.runs.source import source_name

WHOLE_UPLOAD, READING = "file", "read"
LOOK_S = 2.0
"""How often a set that waits is looked at."""
log = get_logger()


class SourceStart:
    """One source's run, for one message: `holder` is its id, `upload` what it names."""

    def __init__(self, tools: Tools, source: Source, upload: Upload, holder: str) -> None:
        self._tools = tools
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
                run_files = await self._run_files(folder)
                if run_files is None:
                    return
                contents = [
                    await stack.enter_async_context(self._files.open(each.key)) for each in run_files.stored
                ]
                if [content.etag for content in contents] != [each.etag for each in run_files.stored]:
                    log.info("upload_already_replaced")
                    return
                temporary = tempfile.TemporaryDirectory(prefix="fondly-verify-", dir=self._limits.temp_dir)
                saved = Path(stack.enter_context(temporary))
                await self._start(run_files, contents, saved)
        except VanishedError as error:
            await fail_unread(self._tools, self._source, self._upload, reason=f"{self._upload.key}: {error}")

    async def _run_files(self, folder: Folder) -> RunFiles | None:
        """Return what to start a run of; a set is looked at for a while, as more may be coming."""
        latest, choice = await self._choose(folder)
        left_s = self._limits.wait_s
        while left_s > 0 and isinstance(choice, RunFiles) and self._may_grow(choice, latest):
            await self._limits.sleep(min(LOOK_S, left_s))
            left_s -= LOOK_S
            folder = await self._find.folder(self._upload.key)
            latest, choice = await self._choose(folder)
        if isinstance(choice, RunFiles):
            return choice
        if self._source.is_set:
            log.info("file_set_incomplete", folder=folder.prefix, missing=choice.missing, old=choice.old)
        else:
            log.info("upload_unchanged", key=self._source.key)
        await self._end_interrupted(folder, latest)
        return None

    def _may_grow(self, run_files: RunFiles, latest: LatestRun) -> bool:
        """Whether nothing says that the set is whole, neither checksums nor a run of it."""
        has_run = run_files.kept() == run_files_kept(latest.files).kept()
        return self._source.is_set and not run_files.is_sure and not has_run

    async def _choose(self, folder: Folder) -> tuple[LatestRun, RunFiles | Incomplete]:
        latest = await self._supersede.latest.get(self._source.address)
        return latest, await self._find.choose(self._source, folder, latest, key=self._upload.key)

    async def _start(self, run_files: RunFiles, contents: Sequence[Content], saved: Path) -> None:
        """Ingest the contents' run, unless their checksums say that one of them is still to be replaced."""
        latest = await self._supersede.latest.get(self._source.address)
        known = known_digests(run_files, latest.files)
        found = self._begun(run_files, known, latest)
        if found and await self._is_done(found):
            verified = Verified({each.key: each for each in contents}, known)
        else:
            verified = await self._verify(run_files, contents, saved, latest, is_begun=bool(found))
            found = self._find.run_id(run_files, verified.digests, latest)
        if found is None or verified.gave_up:
            problem = verified.mismatch and verified.mismatch.reason
            log.warning("file_set_incomplete", folder=self._source.address, problem=problem)
            return
        bind_event(run_id=found, event_id=self._holder)
        async with self._stage.lock(found, WHOLE_UPLOAD, holder=self._holder):
            run = await self._open(found, run_files, run_files.kept(verified.digests))
            if run and verified.mismatch:
                await self._ingest.fail(run, verified.mismatch.reason)
            elif run:
                await self._ingest.ingest(run, await self._opened(run_files, verified.contents))

    def _begun(self, run_files: RunFiles, known: Mapping[str, str], latest: LatestRun) -> str | None:
        """Return the id of the files' run if that has begun with just these stored objects."""
        found = self._find.run_id(run_files, known, latest)
        is_latest = found == latest.run_id and run_files.kept(known) == tuple(latest.files)
        return found if is_latest else None

    async def _verify(
        self,
        run_files: RunFiles,
        contents: Sequence[Content],
        saved: Path,
        latest: LatestRun,
        *,
        is_begun: bool,
    ) -> Verified:
        """Find out what the contents are; not all of them if one is still to be replaced."""
        used = run_files.manifest == run_files_kept(latest.files).manifest  # newer files wait for a newer one
        verify = VerifyFiles(
            folder=saved,
            max_bytes=self._limits.max_bytes,
            newest_first=used,
            gives_up=lambda mismatch: (mismatch.is_late or used) and not is_begun,
        )
        known = known_digests(run_files, latest.files)
        if len(known) == len(run_files.stored):
            return await verify.run(run_files, contents, known)
        return await self._verify_once(verify, run_files, contents, latest)

    async def _verify_once(
        self, verify: VerifyFiles, run_files: RunFiles, contents: Sequence[Content], latest: LatestRun
    ) -> Verified:
        """A set has a notification for each file, and each would download all of them to name the run."""
        runs, source = self._supersede.latest, self._source.address
        async with self._stage.lock(f"source#{source}", READING, holder=self._holder):
            known = known_digests(run_files, [*latest.files, *await runs.noted(source)])
            verified = await verify.run(run_files, contents, known)
            if len(verified.digests) > len(known):
                await runs.note(source, run_files.kept(verified.digests))
        return verified

    async def _is_done(self, found: str) -> bool:
        """Whether the run has been ingested or has ended."""
        run = await self._ledger.find(found)
        return run is not None and (not run.is_open or is_ingested(run))

    async def _open(self, found: str, run_files: RunFiles, kept: Kept) -> Run | None:
        """Return the files' run, now its source's latest; None if a newer upload makes another one."""
        address, is_current = self._source.address, self._is_current(run_files)
        known = await self._ledger.find(found)
        if known is not None and not known.is_open:
            await self._supersede.remember(found, address, kept, is_current=is_current)
            return known
        if not await self._supersede.run(found, address, kept, is_current=is_current):
            return None
        name = source_name(self._files.name, [each.key for each in run_files.stored])
        return await self._ledger.open_run(found, source=name)

    def _is_current(self, run_files: RunFiles) -> IsCurrent:
        async def is_current(latest: LatestRun) -> bool:
            try:
                folder = await self._find.folder(self._upload.key)
                again = await self._find.choose(self._source, folder, latest, key=self._upload.key)
            except VanishedError:
                return True
            return isinstance(again, RunFiles) and again.kept() == run_files.kept()

        return is_current

    async def _opened(self, run_files: RunFiles, contents: Mapping[str, Content]) -> OpenRunFiles:
        files = [OpenRunFile(file.kind, contents[file.stored.key]) for file in run_files.files]
        folder = await self._find.folder(self._upload.key)
        return OpenRunFiles(
            files,
            mapping=contents[run_files.mapping.key] if run_files.mapping else None,
            ignored=folder.ignored(run_files.files) if self._source.is_set else (),
        )

    async def _end_interrupted(self, folder: Folder, latest: LatestRun) -> None:
        """Fail the last run if its worker has died over it and one of its files has been replaced since.

        No message could resume it. A worker that is still reading it holds the lock.
        """
        if can_resume(run_files_kept(latest.files), folder) or not await self._unread(latest):
            return
        async with self._stage.lock(latest.run_id or "", WHOLE_UPLOAD, holder=self._holder):
            if run := await self._unread(latest):
                await self._ingest.fail(
                    run, f"a file in {folder.prefix} was replaced before it was read: upload all files again"
                )

    async def _unread(self, latest: LatestRun) -> Run | None:
        """The latest run, if it is open and ingest has not announced all of it."""
        run = await self._ledger.find(latest.run_id) if latest.run_id else None
        return run if run and run.is_open and not is_ingested(run) else None
