"""Ingests a run: fetches its files, reads them completely, then stores and announces it part by part.

Nothing is announced before everything has been read, so a damaged file costs the services downstream
nothing, and every announcement can state the number of parts.
"""

import asyncio
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO, TypeVar

from encore.contracts import object_keys
from encore.ingest.adapters.scratch import Scratch
from encore.ingest.domain.errors import FileError
from encore.ingest.domain.parts import divide
from encore.ingest.ports import DeliveredFile, OpenDelivery
from encore.ingest.use_cases.load_files import LoadFiles, SourceFile
from encore.ingest.use_cases.publish_parts import NDJSON, Publication
from encore.runtime.logs import get_logger
from encore.runtime.runs.lifecycle import fail_run
from encore.runtime.runs.run import Run, RunStatus, StageName
from encore.runtime.runs.stage import PartResult

log = get_logger()
Result = TypeVar("Result")
PART_SIZE = "ingest_part_reviews"


@dataclass(frozen=True)
class Limits:
    """Reviews per part, size limit per file, currency of bare prices, and where to put temporary files."""

    part_reviews: int = 250
    max_bytes: int = 4 * 1024**3
    default_currency: str = "INR"
    temp_dir: Path | None = None


@dataclass
class Workspace:
    """The temporary files of one run, and what is counted while reading them."""

    folder: Path
    scratch: Scratch
    rejects: TextIO
    started_at: datetime
    counts: Counter[str]


class IngestUpload:
    """Ingests runs; a repetition does only what the ledger does not yet record as done."""

    def __init__(self, publication: Publication, limits: Limits) -> None:
        self._publication = publication
        self._ledger = publication.ledger
        self._limits = limits

    async def ingest(self, run: Run, delivery: OpenDelivery) -> None:
        """Announce all parts of the run, or fail the run if one of its files cannot be used."""
        if run.status is RunStatus.FAILED and run.parts is None:
            # the process may have died after recording the failure and before announcing it
            await self.fail(run, run.reason or "")
        elif not run.is_open or _is_ingested(run):
            log.info("run_already_handled", status=run.status)
        else:
            with self._workspace() as workspace:
                await self._process(run, delivery, workspace)

    async def fail(self, run: Run, reason: str) -> None:
        """Record and announce that the run has failed."""
        log.error("run_failed", reason=reason)
        await fail_run(run.run_id, reason, self._ledger, self._publication.announcer)

    async def _process(self, run: Run, delivery: OpenDelivery, workspace: Workspace) -> None:
        try:
            await self._read(delivery.files, workspace)
        except FileError as error:
            await self._put_rejects(run.run_id, workspace)
            await self._report_file(run.run_id, workspace, units={"s3.puts": 1})
            await self.fail(run, str(error))
            return
        size = await self._part_size(run)
        scratch, counts = workspace.scratch, workspace.counts
        parts = await asyncio.to_thread(
            lambda: divide(scratch.review_counts(), reviews=size, shared_texts=counts["shared_texts"])
        )
        log.info("file_read", parts=len(parts), **counts)
        writes = await self._publication.put_products(
            run.run_id, scratch, path=workspace.folder / "products.jsonl"
        )
        await self._put_rejects(run.run_id, workspace)
        await self._report_file(run.run_id, workspace, units={"s3.puts": 2, "dynamodb.writes": writes})
        await self._ledger.set_parts(run.run_id, len(parts))
        run = await self._ledger.run(run.run_id)
        run_texts = counts["reviews"] + counts["shared_texts"]
        await self._publication.put_parts(run, scratch, parts, run_texts=run_texts)

    async def _part_size(self, run: Run) -> int:
        """Return the part size, fixed at the first reading: a part must always hold the same customers."""
        if PART_SIZE not in run.step:
            run = await self._ledger.set_step(run.run_id, **{PART_SIZE: str(self._limits.part_reviews)})
        return int(run.step[PART_SIZE])

    async def _read(self, files: Sequence[DeliveredFile], workspace: Workspace) -> None:
        """Fetch all files, then read them in a thread, so that the message's visibility is still extended."""
        sources = [
            await self._fetch(file, workspace.folder / f"{number}.upload")
            for number, file in enumerate(files)
        ]
        cancelled = threading.Event()
        load_files = LoadFiles(
            workspace.scratch,
            workspace.rejects,
            counts=workspace.counts,
            max_bytes=self._limits.max_bytes,
            default_currency=self._limits.default_currency,
            is_cancelled=cancelled.is_set,
        )
        await _in_thread(lambda: load_files.load(sources), cancelled)

    async def _fetch(self, file: DeliveredFile, path: Path) -> SourceFile:
        content = file.content
        if content.size_bytes > self._limits.max_bytes:
            raise FileError(f"{content.key}: larger than the limit of {self._limits.max_bytes} bytes")
        await content.save(path)
        return SourceFile(path, content.key, file.kind)

    async def _put_rejects(self, run_id: str, workspace: Workspace) -> None:
        workspace.rejects.flush()
        path = Path(workspace.rejects.name)
        await self._publication.files.put_file(object_keys.rejects(run_id), path, content_type=NDJSON)

    async def _report_file(self, run_id: str, workspace: Workspace, *, units: dict[str, int]) -> None:
        """Report the counts and usage of the whole file."""
        result = PartResult(counts=dict(workspace.counts), units=units)
        await self._publication.stage.record(run_id, "file", workspace.started_at, result, messages=1)

    @contextmanager
    def _workspace(self) -> Iterator[Workspace]:
        with tempfile.TemporaryDirectory(prefix="encore-ingest-", dir=self._limits.temp_dir) as name:
            folder = Path(name)
            with (
                (folder / "rejects.jsonl").open("w", encoding="utf-8") as rejects,
                Scratch(folder / "scratch.db") as scratch,
            ):
                yield Workspace(folder, scratch, rejects, datetime.now(UTC), Counter())


def _is_ingested(run: Run) -> bool:
    return run.parts is not None and len(run.stage(StageName.INGEST).done) >= run.parts


async def _in_thread(work: Callable[[], Result], cancelled: threading.Event) -> Result:
    """Run work in a thread; on cancellation signal it and wait until it has closed its files."""
    working = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(working)
    except asyncio.CancelledError:
        cancelled.set()
        await asyncio.wait({working})
        raise
