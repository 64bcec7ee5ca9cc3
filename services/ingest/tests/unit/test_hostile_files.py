"""Files that were made to exhaust whoever reads them: each is refused, or read in bounded memory and time."""

import asyncio
import json
import resource
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import repeat
from pathlib import Path
from threading import Event
from typing import Any

import psutil
import pytest

from fondly.ingest.adapters.event_files import open_events
from fondly.ingest.adapters.tables import open_table, reader
from fondly.ingest.adapters.upload_file import go_on
from fondly.ingest.domain.allowance import Allowance
from fondly.ingest.domain.errors import FileError
from fondly.ingest.use_cases.check_files import check_files
from fondly.ingest.use_cases.source_files import SourceFile
from fondly.runtime.runs.run import RunStatus
from services.ingest.tests.fakes import Bench, limits, numbered
from services.ingest.tests.hostile_files import PARQUET, TEXT, XLSX, gzipped
from services.ingest.tests.table_files import workbook, written

GROUPS = (("xlsx", XLSX), ("parquet", PARQUET), ("csv", TEXT))
FILES = {f"{name}.{ending}": write for ending, group in GROUPS for name, write in group.items()}
MEMORY = "memory"
MAX_MIB = 512
CPU = "cpu"
MAX_CPU_S = 600.0
"""Of all files together, on a slow machine; they take 45 s of a usual one."""
PATIENCE_S = 60.0
BESIDE = 2
LOOK_EVERY_S = 0.01
READ = "import sys; from services.ingest.tests.unit.test_hostile_files import read_all; read_all(sys.argv[1])"
WITHOUT_END = "columns-ZZZ"


def _peak_kib(process: int | str = "self") -> int:
    """The most memory that a process has had; `getrusage` counts what it had before its program began."""
    status = Path(f"/proc/{process}/status").read_text()
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")), 0)


def _largest_reader_kib(done: Event) -> int:
    """The most memory that a reader has had, once its own program has begun, until all are read."""
    largest = 0
    while not done.wait(LOOK_EVERY_S):
        for each in psutil.Process().children():
            with suppress(psutil.Error, OSError):  # it has ended
                if reader.__name__ in " ".join(each.cmdline()):
                    largest = max(largest, _peak_kib(each.pid))
    return largest


def read_all(folder: str) -> None:
    """Read each file of a folder as ingest does; write what came of it beside, and what memory that took."""
    idle = _peak_kib()

    def read(path: Path) -> tuple[str, str | None]:
        report = check_files([SourceFile(path, path.name)], limits(max_rejected_share=0.05).load).report
        return path.name, report.failed

    done = Event()
    with ThreadPoolExecutor(1) as watching, ThreadPoolExecutor(BESIDE) as threads:
        largest = watching.submit(_largest_reader_kib, done)
        found: dict[str, Any] = dict(threads.map(read, sorted(Path(folder).iterdir())))
        done.set()
    readers = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert largest.result() > 0
    found[MEMORY] = (_peak_kib() - idle + largest.result()) / 1024
    found[CPU] = time.process_time() + readers.ru_utime + readers.ru_stime
    Path(folder).with_suffix(".json").write_text(json.dumps(found))


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What came of each file, how long all took, and how much memory was taken by us and by a reader."""
    folder = tmp_path_factory.mktemp("hostile")
    for name, write in FILES.items():
        written(folder / name, write(folder / name))
    command = [sys.executable, "-c", READ, str(folder)]
    subprocess.run(command, check=True)  # noqa: S603 - our own module
    found: dict[str, Any] = json.loads(folder.with_suffix(".json").read_bytes())
    return found


@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_refused_by_its_name(name: str, outcomes: dict[str, Any]) -> None:
    """Or read, if there is nothing wrong with it but a statement that nobody believes."""
    reason = outcomes[name]
    assert reason is None or reason.startswith(f"{name}: ")


@pytest.mark.timeout(900)
def test_hostile_files_take_bounded_memory_and_time(outcomes: dict[str, Any]) -> None:
    """Memory of the process that wants them read, for all of them, and of the largest reader."""
    assert outcomes[MEMORY] < MAX_MIB
    assert outcomes[CPU] < MAX_CPU_S


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("row-of-a-far-number.xlsx", "found a row beyond 1,048,576"),
        ("shared-texts-among-sheets.xlsx", "larger than the limit of"),
        ("columns-ZZZ.xlsx", " s"),
        ("long-text-in-a-dictionary.parquet", "reading takes more than 96 MiB of memory, the limit for"),
    ],
)
def test_a_reason_names_the_limit(name: str, reason: str, outcomes: dict[str, Any]) -> None:
    """So that whoever has an honest file knows what to do."""
    assert reason in outcomes[name]


class CancelError(Exception):
    """Somebody no longer wants the file."""


def test_a_cancelled_reader_ends_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also while it is busy within a library."""
    monkeypatch.setattr(Allowance, "wait_s", PATIENCE_S)
    path = written(tmp_path / "a.xlsx", XLSX[WITHOUT_END](tmp_path))
    started: float | None = None
    readers: list[psutil.Process] = []

    def check() -> None:
        if started is not None and time.monotonic() - started > 1:
            readers.extend(psutil.Process().children())
            raise CancelError

    with pytest.raises(CancelError), open_table(path, max_bytes=2**32, check=check) as table:
        table.header()
        started = time.monotonic()
        list(table)
    assert readers
    assert not any(each.is_running() for each in readers)


def test_a_reader_that_dies_is_no_fault_of_the_file(tmp_path: Path) -> None:
    """Whoever killed it, the file is read again later."""
    path = workbook(tmp_path / "a.xlsx", {"Data": [["id"], *([f"P{n}"] for n in range(100_000))]})
    with pytest.raises(RuntimeError, match="ended with -9"), open_table(path, max_bytes=2**32) as table:
        table.header()
        psutil.Process().children()[0].kill()
        list(table)


async def test_a_good_upload_is_handled_beside_hostile_ones(tmp_path: Path) -> None:
    """They fail their own runs and nothing else."""
    bench, good = Bench(), Bench()
    hostile = XLSX[WITHOUT_END](tmp_path)
    waiting = [asyncio.create_task(bench.upload(f"uploads/{n}.xlsx", hostile)) for n in range(3)]
    rows = [numbered(1), numbered(2)]
    table = {"Data": [list(rows[0]), *([*row.values()] for row in rows)]}
    await good.upload("uploads/good.xlsx", workbook(tmp_path / "good.xlsx", table).read_bytes())
    assert [part.customers for part in good.parts] == [2]
    await asyncio.gather(*waiting)
    runs = [await bench.ledger.run(run_id) for run_id in bench.run_ids]
    assert {run.status for run in runs} == {RunStatus.FAILED}


def test_a_file_of_events_is_bounded_too(tmp_path: Path) -> None:
    """Whose lines of JSON are text as CSV is."""
    path = written(tmp_path / "events", gzipped(repeat(b"{}\n" * 100_000, 20)))
    with (
        pytest.raises(FileError, match=r"reading takes more than 1[0-9]{2},[0-9]{3} rows"),
        open_events(path, max_bytes=2**32, check=go_on) as records,
    ):
        list(records)
