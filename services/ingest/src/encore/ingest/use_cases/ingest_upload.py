"""Taking a run in: fetch its files, read them whole, then store and announce the run part by part.

Nothing is announced before everything has been read, so a file that turns out to be damaged costs the
services downstream nothing, and every announcement can say how many parts there are.
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
from encore.ingest.domain.parts import spans
from encore.ingest.domain.uploads import kind_of
from encore.ingest.ports import Content
from encore.ingest.use_cases.load_files import Loader, Source
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
    """How many reviews close a part, how large a file may be, what a bare price means, where to work."""

    part_reviews: int = 250
    max_bytes: int = 4 * 1024**3
    default_currency: str = "INR"
    temp_dir: Path | None = None


@dataclass
class Desk:
    """The workplace of one run on disk; gone when the run is done with."""

    folder: Path
    scratch: Scratch
    rejects: TextIO
    started_at: datetime
    counts: Counter[str]


class Intake:
    """Takes runs in; repeating it does only what the ledger does not have as done."""

    def __init__(self, publication: Publication, limits: Limits) -> None:
        self._publication = publication
        self._ledger = publication.ledger
        self._limits = limits

    async def take_in(self, run: Run, contents: Sequence[Content]) -> None:
        """Bring the run to where all its parts are announced, or to failure when a file is at fault."""
        if run.status is RunStatus.FAILED and run.parts is None:
            # the process may have died between the record and the announcement
            await self.fail(run, run.reason or "")
        elif not run.is_open or _is_taken_in(run):
            log.info("run_known", status=run.status)
        else:
            with self._desk() as desk:
                await self._process(run, contents, desk)

    async def fail(self, run: Run, reason: str) -> None:
        """Record and announce that the run cannot go on."""
        log.error("run_failed", reason=reason)
        await fail_run(run.run_id, reason, self._ledger, self._publication.announcer)

    async def _process(self, run: Run, contents: Sequence[Content], desk: Desk) -> None:
        try:
            await self._read(contents, desk)
        except FileError as error:
            await self._put_rejects(run.run_id, desk)
            await self._report_file(run.run_id, desk, units={"s3.puts": 1})
            await self.fail(run, str(error))
            return
        size = await self._part_size(run)
        cut = await asyncio.to_thread(lambda: list(spans(desk.scratch.review_counts(), reviews=size)))
        log.info("file_read", parts=len(cut), **desk.counts)
        writes = await self._publication.put_products(
            run.run_id, desk.scratch, path=desk.folder / "products.jsonl"
        )
        await self._put_rejects(run.run_id, desk)
        await self._report_file(run.run_id, desk, units={"s3.puts": 2, "dynamodb.writes": writes})
        await self._ledger.set_parts(run.run_id, len(cut))
        await self._publication.put_parts(await self._ledger.run(run.run_id), desk.scratch, cut)

    async def _part_size(self, run: Run) -> int:
        """The run's part size, fixed when it is first read: a part must hold the same customers for ever."""
        if PART_SIZE not in run.step:
            run = await self._ledger.set_step(run.run_id, **{PART_SIZE: str(self._limits.part_reviews)})
        return int(run.step[PART_SIZE])

    async def _read(self, contents: Sequence[Content], desk: Desk) -> None:
        """Fetch all files, then read them in a thread, so that the message's lease is renewed meanwhile."""
        sources = [await self._fetch(content, desk.folder) for content in contents]
        cancelled = threading.Event()
        loader = Loader(
            desk.scratch,
            desk.rejects,
            counts=desk.counts,
            max_bytes=self._limits.max_bytes,
            default_currency=self._limits.default_currency,
            is_cancelled=cancelled.is_set,
        )
        await _in_thread(lambda: loader.load_all(sources), cancelled)

    async def _fetch(self, content: Content, folder: Path) -> Source:
        if content.size_bytes > self._limits.max_bytes:
            raise FileError(f"{content.key}: holds more than {self._limits.max_bytes} bytes")
        kind = kind_of(content.key)
        path = folder / f"{kind}.upload"
        await content.save(path)
        return Source(path, content.key, kind)

    async def _put_rejects(self, run_id: str, desk: Desk) -> None:
        desk.rejects.flush()
        path = Path(desk.rejects.name)
        await self._publication.files.put_file(object_keys.rejects(run_id), path, content_type=NDJSON)

    async def _report_file(self, run_id: str, desk: Desk, *, units: dict[str, int]) -> None:
        """Report what the file as a whole came to, its notification (received and deleted) included."""
        result = PartResult(counts=dict(desk.counts), units=units)
        await self._publication.stage.record(run_id, "file", desk.started_at, result, messages=1)

    @contextmanager
    def _desk(self) -> Iterator[Desk]:
        with tempfile.TemporaryDirectory(prefix="encore-ingest-", dir=self._limits.temp_dir) as name:
            folder = Path(name)
            with (
                (folder / "rejects.jsonl").open("w", encoding="utf-8") as rejects,
                Scratch(folder / "scratch.db") as scratch,
            ):
                yield Desk(folder, scratch, rejects, datetime.now(UTC), Counter())


def _is_taken_in(run: Run) -> bool:
    return run.parts is not None and len(run.stage(StageName.INGEST).done) >= run.parts


async def _in_thread(work: Callable[[], Result], cancelled: threading.Event) -> Result:
    """Await work in a thread; when cancelled, tell it and wait until it has let go of its files."""
    working = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(working)
    except asyncio.CancelledError:
        cancelled.set()
        await asyncio.wait({working})
        raise
