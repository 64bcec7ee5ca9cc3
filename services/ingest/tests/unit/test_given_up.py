"""Messages that are given up while files are read, and files that are not fetched at all."""

import asyncio
import dataclasses
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from fondly.contracts.errors import PermanentError
from fondly.ingest.adapters.merged import Merged
from fondly.ingest.adapters.tables import Table
from fondly.ingest.domain.formats.fields import Kind
from fondly.ingest.ports import OpenRunFile, OpenRunFiles
from fondly.ingest.use_cases import load_files, source_files
from fondly.ingest.use_cases.in_thread import in_thread
from fondly.runtime.runs.run import RunStatus
from services.ingest.tests.fakes import Bench, csv_lines, limits, numbered
from tests.support.runs import RUN

KEY = "uploads/shop.csv"
PATIENCE_S = 60.0
"""For a busy machine; nothing takes so long."""


class Reader:
    """A thread that reads: it can be held, and says how it went on."""

    def __init__(self) -> None:
        self.reading, self.may_go_on = threading.Event(), threading.Event()
        self.looks = 0

    def look(self) -> None:
        """Let the test know that the reading is under way, and wait for it once."""
        self.looks += 1
        self.reading.set()
        self.may_go_on.wait(PATIENCE_S)


async def _ingesting(bench: Bench, reader: Reader) -> "asyncio.Task[None]":
    """Upload a file, and return once a thread is held while it reads."""
    task = asyncio.create_task(bench.upload(KEY, csv_lines([numbered(number) for number in range(1, 1_200)])))
    assert await asyncio.to_thread(reader.reading.wait, PATIENCE_S)
    return task


async def _given_up(task: "asyncio.Task[None]", reader: Reader, *, times: int = 1) -> None:
    """Cancel the handling, once or repeatedly; the thread goes on a moment later."""
    for _ in range(times):
        task.cancel()
        await asyncio.sleep(0.01)
    assert not task.done(), "the thread is still reading"
    reader.may_go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_reading_stops_when_its_message_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody reads on for a message that another worker may be handling by now."""
    held, read = Reader(), list[str]()
    opened = source_files.opened

    @contextmanager
    def slowly(
        source: source_files.SourceFile, max_bytes: int, watch: source_files.Watch, *, is_strict: bool
    ) -> Iterator[Table]:
        held.look()
        with opened(source, max_bytes, watch, is_strict=is_strict) as table:
            yield table
        read.append(source.key)  # only if the reading came to the end of the file

    monkeypatch.setattr(load_files, "opened", slowly)
    bench = Bench()
    await _given_up(await _ingesting(bench, held), held)
    assert (read, bench.parts) == ([], [])


async def test_files_stay_until_their_reader_has_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The thread that reads is awaited before its database is closed and its files are deleted."""
    held, there = Reader(), list[bool]()
    load = load_files.LoadFiles.load

    def slow(self: load_files.LoadFiles, sources: Any) -> Merged:  # noqa: ANN401
        held.look()
        there.extend(source.path.exists() for source in sources)
        return load(self, sources)

    monkeypatch.setattr(load_files.LoadFiles, "load", slow)
    bench = Bench(dataclasses.replace(limits(), temp_dir=tmp_path))
    await _given_up(await _ingesting(bench, held), held, times=3)
    assert there == [True]
    assert os.listdir(tmp_path) == []  # noqa: PTH208 - pathlib is for synchronous code


async def test_the_database_stays_open_until_a_part_has_been_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite must not be closed while another thread uses it."""
    held, found = Reader(), list[int]()
    customers = Merged.customers

    def slow(self: Merged, first: int, last: int) -> Any:  # noqa: ANN401
        held.look()
        found.append(len(customers(self, first, last)))
        return []

    monkeypatch.setattr(Merged, "customers", slow)
    await _given_up(await _ingesting(Bench(limits(part_records=5)), held), held)
    assert found == [5]


async def test_what_a_stopped_thread_raises_is_dropped() -> None:
    """Whoever gave the work up is told that it was given up, and nothing else."""
    stop = threading.Event()

    def work() -> None:
        stop.wait(PATIENCE_S)
        raise ValueError

    task = asyncio.create_task(in_thread(work, stop))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@dataclasses.dataclass(frozen=True)
class Large:
    """A content of any size, of which nobody may fetch a byte."""

    key: str
    size_bytes: int
    etag: str = ""
    sha256: str | None = None

    async def save(self, path: Path) -> None:
        """Fail: it would fill the disk."""
        raise AssertionError(path)


class _Disk(NamedTuple):
    total: int
    used: int
    free: int


@pytest.mark.parametrize("number", [0, 1, 2])
async def test_nothing_is_fetched_if_one_of_the_files_is_too_large(number: int) -> None:
    """The sizes of all files, and of the mapping, are compared before the first one is downloaded."""
    bench = Bench(limits(max_bytes=1_000_000))
    sizes = [10_000_000 if each == number else 10 for each in range(3)]
    contents = [Large(f"uploads/may/{at}", size) for at, size in enumerate(sizes)]
    files = [
        OpenRunFile(kind, each) for kind, each in zip((Kind.PRODUCTS, Kind.REVIEWS), contents, strict=False)
    ]
    run = await bench.ledger.open_run(RUN, source="test")
    await bench.ingest_upload.ingest(run, OpenRunFiles(files, mapping=contents[2]))
    ended = await bench.ledger.run(RUN)
    assert ended.status is RunStatus.FAILED
    assert f"{contents[number].key}: found 10000000 bytes, larger than the limit" in str(ended.reason)


async def test_files_that_the_disk_cannot_hold_are_left_for_a_larger_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The run stays open and the message becomes a dead letter that says what to do: the files are fine."""
    bench = Bench()
    monkeypatch.setattr(shutil, "disk_usage", lambda _: _Disk(100 * 2**20, 0, 5 * 2**20))
    files = [OpenRunFile(Kind.COMBINED, Large(KEY, 6 * 2**20))]
    run = await bench.ledger.open_run(RUN, source="test")
    with pytest.raises(PermanentError, match="found 5 MiB free for temporary files, expected 6 MiB"):
        await bench.ingest_upload.ingest(run, OpenRunFiles(files))
    assert (await bench.ledger.run(RUN)).is_open
