"""Ingests a run: fetches its files, reads them completely, then stores and announces it part by part.

Nothing is announced before everything has been read, so a damaged file costs the services downstream
nothing, and every announcement can state the number of parts.
"""

import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TextIO

from fondly.contracts import object_keys
from fondly.contracts.clock import utc_now
from fondly.contracts.counts import Counted
from fondly.contracts.events import UploadRead
from fondly.contracts.records import Exclusion
from fondly.ingest.adapters.merged import Merged
from fondly.ingest.adapters.scratch import Scratch
from fondly.ingest.domain.errors import FileError
from fondly.ingest.domain.formats.mapping import Mapping
from fondly.ingest.domain.parts import divide, part_records
from fondly.ingest.domain.run_state import IngestState
from fondly.ingest.ports import OpenRunFiles
from fondly.ingest.use_cases.fetch_files import fetch_files
from fondly.ingest.use_cases.in_thread import in_thread
from fondly.ingest.use_cases.load_files import CancelledLoadError, Findings, LoadFiles, LoadRules
from fondly.ingest.use_cases.publish_parts import NDJSON, Publication
from fondly.runtime.logs import get_logger
from fondly.runtime.runs.lifecycle import fail_run
from fondly.runtime.runs.run import Run, RunStatus, StageName
from fondly.runtime.runs.stage import PartResult

log = get_logger()
JSON = "application/json"


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The smallest size of a part, how files are read and judged, and where to put temporary files."""

    load: LoadRules
    part_records: int = 250
    """Reviews and purchases; a run that would have too many parts has larger ones."""
    mapping: Mapping | None = None
    """The shop's, for uploads without one beside them."""
    temp_dir: Path | None = None


@dataclass
class Workspace:
    """The temporary files of one run, and what is found while reading them."""

    folder: Path
    scratch: Scratch
    rejects: TextIO
    started_at: datetime
    findings: Findings


class IngestUpload:
    """Ingests runs; a repetition does only what the ledger does not yet record as done."""

    def __init__(self, publication: Publication, limits: Limits) -> None:
        self._publication = publication
        self._ledger = publication.ledger
        self._limits = limits

    async def ingest(self, run: Run, run_files: OpenRunFiles) -> None:
        """Announce all parts of the run, or fail the run if one of its files cannot be used."""
        if run.status is RunStatus.FAILED and run.parts is None:
            # the process may have died after recording the failure and before announcing it
            await self.fail(run, run.reason or "")
        elif not run.is_open or is_ingested(run):
            log.info("run_already_handled", status=run.status)
        else:
            with self._workspace() as workspace:
                await self._process(run, run_files, workspace)

    async def fail(self, run: Run, reason: str) -> None:
        """Record and announce that the run has failed."""
        log.error("run_failed", reason=reason)
        await fail_run(run.run_id, reason, self._ledger, self._publication.announcer)

    async def _process(self, run: Run, run_files: OpenRunFiles, workspace: Workspace) -> None:
        try:
            merged = await self._read(run_files, workspace)
        except FileError as error:
            await self._put_findings(run.run_id, workspace, run_files, failed=str(error))
            await self._report_file(run.run_id, workspace, units={"s3.puts": 2})
            await self.fail(run, str(error))
            return
        counts = workspace.findings.counts
        if unchanged := await self._publication.unchanged.run(run, merged):
            await in_thread(lambda: merged.leave_out(unchanged))
            counts[f"customers_excluded_{Exclusion.UNCHANGED}"] = len(unchanged)
        size = await self._part_size(run, merged)
        parts = await in_thread(
            lambda: divide(
                merged.records_of_customers(), records=size, shared_texts=counts[Counted.SHARED_TEXTS]
            )
        )
        log.info("file_read", parts=len(parts), **counts)
        writes = await self._publication.put_products(
            run.run_id, merged, path=workspace.folder / "products.jsonl"
        )
        await self._put_findings(run.run_id, workspace, run_files)
        reads = counts[Counted.CUSTOMERS] + len(unchanged)
        units = {"s3.puts": 4, "dynamodb.reads": reads, "dynamodb.writes": writes}
        await self._report_file(run.run_id, workspace, units=units)
        await self._ledger.set_parts(run.run_id, len(parts))
        await self._publication.announcer.announce(run.run_id, UploadRead.of(counts))
        run = await self._ledger.run(run.run_id)
        await self._publication.put_parts(run, merged, parts)

    async def _part_size(self, run: Run, merged: Merged) -> int:
        """Return the part size, fixed at the first reading: a part must always hold the same customers."""
        size = IngestState.of(run).part_records
        if size is None:
            total = await in_thread(merged.records)
            size = part_records(total, smallest=self._limits.part_records)
            await self._ledger.change_state(run, IngestState, lambda state: state.having(part_records=size))
        return size

    async def _read(self, run_files: OpenRunFiles, workspace: Workspace) -> Merged:
        """Fetch all files, then read them in a thread, so that the message's visibility is still extended."""
        limits = self._limits
        fetched = await fetch_files(
            run_files, workspace.folder, max_bytes=limits.load.reading.max_bytes, shop_mapping=limits.mapping
        )
        workspace.findings.unmatched_rules = fetched.unmatched_rules
        cancelled = threading.Event()

        def watch(_bytes: int) -> None:
            if cancelled.is_set():
                raise CancelledLoadError

        load_files = LoadFiles(
            workspace.scratch, workspace.rejects, workspace.findings, self._limits.load, watch=watch
        )
        return await in_thread(lambda: load_files.load(fetched.sources), cancelled)

    async def _put_findings(
        self, run_id: str, workspace: Workspace, run_files: OpenRunFiles, *, failed: str | None = None
    ) -> None:
        """Store the rejects and the report on the upload."""
        workspace.rejects.flush()
        path = Path(workspace.rejects.name)
        await self._publication.files.put_file(object_keys.rejects(run_id), path, content_type=NDJSON)
        report = workspace.findings.report(ignored=run_files.ignored, failed=failed)
        body = report.model_dump_json(exclude_none=True).encode()
        await self._publication.objects.put(object_keys.ingest_report(run_id), body, content_type=JSON)

    async def _report_file(self, run_id: str, workspace: Workspace, *, units: dict[str, int]) -> None:
        """Report the counts and usage of the whole file."""
        result = PartResult(counts=dict(workspace.findings.counts), units=units)
        await self._publication.stage.record(run_id, "file", workspace.started_at, result, messages=1)

    @contextmanager
    def _workspace(self) -> Iterator[Workspace]:
        with tempfile.TemporaryDirectory(prefix="fondly-ingest-", dir=self._limits.temp_dir) as name:
            folder = Path(name)
            with (
                (folder / "rejects.jsonl").open("w", encoding="utf-8") as rejects,
                Scratch(folder / "scratch.db") as scratch,
            ):
                yield Workspace(folder, scratch, rejects, utc_now(), Findings())


def is_ingested(run: Run) -> bool:
    """Whether all parts of a run are announced."""
    return run.parts is not None and len(run.stage(StageName.INGEST).done) >= run.parts
