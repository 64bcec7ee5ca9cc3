"""Takes in an uploaded file of what customers did: clicks, views and purchases between runs.

It starts no run. The file is read completely, its events are stored in batches, and each batch is announced
by reference. A file of which too much is unusable is not used at all.
"""

import tempfile
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TextIO

from fondly.contracts import object_keys
from fondly.contracts.errors import PermanentError
from fondly.contracts.events import InteractionsIngested
from fondly.contracts.ingest_report import EventsReport
from fondly.contracts.records import CustomerEvent
from fondly.contracts.run_id import events_id
from fondly.ingest.adapters.event_files import EventRecord, open_events
from fondly.ingest.domain.cells import Row
from fondly.ingest.domain.errors import FileError, RowError
from fondly.ingest.domain.event_rows import EventReading, read_event
from fondly.ingest.domain.rejects import Reject, RejectTally, require_usable
from fondly.ingest.domain.uploads import Upload
from fondly.ingest.ports import Content, Files, VanishedError
from fondly.ingest.use_cases.in_thread import in_thread
from fondly.ingest.use_cases.ingest_upload import Limits
from fondly.ingest.use_cases.verify_files import sha256_of
from fondly.runtime.batches import batches
from fondly.runtime.consent import forgotten
from fondly.runtime.logs import bind_event, get_logger
from fondly.runtime.metrics import Metric, emit
from fondly.runtime.ports import Announcer, Items, Objects
from fondly.runtime.runs.locks import Locks
from fondly.runtime.runs.run import StageName

EVENTS_PER_BATCH = 500
"""Events recorded for one message: some seconds' work, at the rates that Personalize takes."""
WHOLE_FILE = "file"
NDJSON = "application/x-ndjson"
JSON = "application/json"
log = get_logger()


class CancelledReadError(Exception):
    """Reading was stopped because its message is no longer being handled."""


@dataclass
class Read:
    """What is read of a file: the paths of its batches, and what is not in them."""

    key: str
    rejects: TextIO
    rows: int = 0
    events: int = 0
    rejected: int = 0
    batches: list[tuple[Path, int]] = field(default_factory=list)
    """Each with the number of its events."""
    tally: RejectTally = field(default_factory=RejectTally)

    def report(self, failed: str | None = None) -> EventsReport:
        """Describe it."""
        return EventsReport(
            file=self.key,
            rows=self.rows,
            events=self.events,
            batches=0 if failed else len(self.batches),
            rejects=tuple(self.tally.reasons()),
            failed=failed,
        )


@dataclass(frozen=True, kw_only=True)
class IngestEvents:
    """Stores and announces the events of an uploaded file; doing it again changes nothing."""

    files: Files
    objects: Objects
    suppressions: Items
    """Who has been forgotten: their events are left out."""
    announcer: Announcer
    locks: Locks
    limits: Limits

    async def run(self, upload: Upload, *, holder: str) -> None:
        """Store and announce the file's events; `PermanentError` and a report say why it cannot be used."""
        with tempfile.TemporaryDirectory(prefix="fondly-events-", dir=self.limits.temp_dir) as name:
            folder = Path(name)
            try:
                async with self.files.open(upload.key) as content:
                    digest = await self._saved(content, folder / "upload")
            except VanishedError:
                log.info("upload_already_replaced")
                return
            upload_id = events_id(self.files.name, upload.key, digest)
            bind_event(run_id=upload_id, event_id=holder)
            async with self.locks.hold(upload_id, StageName.INGEST, WHOLE_FILE, holder=holder):
                await self._ingest(upload_id, upload.key, folder)

    async def _saved(self, content: Content, path: Path) -> str:
        """Save the file; return its SHA-256."""
        most, found = self.limits.load.reading.max_bytes, content.size_bytes
        if found > most:
            raise PermanentError(f"{content.key}: found {found} bytes, expected at most {most}")
        await content.save(path)
        return await in_thread(partial(sha256_of, path))

    async def _ingest(self, upload_id: str, key: str, folder: Path) -> None:
        report_key = object_keys.events_report(upload_id)
        known = await self.objects.find(report_key)
        if known is not None:
            report = EventsReport.model_validate_json(known)
            log.info("events_already_ingested", events=report.events)
            if report.failed:
                raise PermanentError(report.failed)
            return
        cancelled, failed = threading.Event(), None
        with (folder / "rejects.jsonl").open("w", encoding="utf-8") as rejects:
            read = Read(key, rejects)
            try:
                await in_thread(partial(_read, folder, self.limits, read, cancelled), cancelled)
            except FileError as error:
                failed = f"{key}: {error}"
        await self.files.put_file(
            object_keys.rejects(upload_id), folder / "rejects.jsonl", content_type=NDJSON
        )
        emit({Metric.REJECTED_ROWS: read.rejected})
        if failed is None:
            await self._publish(upload_id, read)
        report = read.report(failed)
        await self.objects.put(
            report_key, report.model_dump_json(exclude_none=True).encode(), content_type=JSON
        )
        if failed is not None:
            log.error("events_refused", reason=failed)
            raise PermanentError(failed)
        log.info("events_ingested", rows=read.rows, events=read.events, batches=len(read.batches))

    async def _publish(self, upload_id: str, read: Read) -> None:
        for batch, (path, found) in enumerate(read.batches, start=1):
            key = object_keys.events(upload_id, batch)
            events = found - await self._leave_out_forgotten(path)
            await self.files.put_file(key, path, content_type=NDJSON)
            told = InteractionsIngested(batch=batch, batches=len(read.batches), key=key, events=events)
            await self.announcer.announce(upload_id, told)

    async def _leave_out_forgotten(self, path: Path) -> int:
        """Take the events of whoever has been forgotten out of a batch; return how many they are."""
        events = await in_thread(partial(_load, path))
        left_out = await forgotten(self.suppressions, {each.customer_id for each in events})
        kept = [each for each in events if each.customer_id not in left_out]
        if left_out:
            await in_thread(partial(_save, path, kept))
            log.info("events_of_forgotten_left_out", events=len(events) - len(kept))
        return len(events) - len(kept)


def _read(folder: Path, limits: Limits, read: Read, cancelled: threading.Event) -> None:
    """Read a file into batches; raise `FileError` if it cannot be used."""

    def check() -> None:
        if cancelled.is_set():
            raise CancelledReadError

    how = EventReading.of(limits.load.reading.defaults)
    with open_events(folder / "upload", max_bytes=limits.load.reading.max_bytes, check=check) as records:
        events = _events(records, how, read)
        for number, batch in enumerate(batches(events, EVENTS_PER_BATCH), start=1):
            path = folder / f"batch-{number:05}"
            _save(path, batch)
            read.batches.append((path, len(batch)))
    require_usable(
        read.rows, read.rejected, read.tally.reasons(kind="row"), max_share=limits.load.max_rejected_share
    )


def _load(path: Path) -> list[CustomerEvent]:
    return list(map(CustomerEvent.model_validate_json, path.read_bytes().splitlines()))


def _save(path: Path, events: Iterable[CustomerEvent]) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(event.model_dump_json(exclude_none=True) + "\n" for event in events)


def _events(records: Iterator[EventRecord], how: EventReading, read: Read) -> Iterator[CustomerEvent]:
    for record in records:
        read.rows += 1
        try:
            if record.fault:
                raise record.fault
            event = read_event(Row(record.cells), how)
        except RowError as error:
            read.rejected += 1
            column = error.column and record.names.get(error.column, error.column)
            reject = Reject.of(error, "row", file=read.key, line=record.line, column=column, raw=record.raw)
            read.tally.add(reject)
            read.rejects.write(reject.text)
            continue
        read.events += 1
        yield event
