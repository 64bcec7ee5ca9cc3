"""A folder of a set as its shop fills it, and the runs that come of it."""

import hashlib
import json
import tempfile
from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta
from pathlib import Path

from fondly.contracts.events import RunFinished
from fondly.ingest.domain.formats.mapping import Mapping
from fondly.ingest.domain.uploads import Upload
from fondly.ingest.ports import OpenRunFiles
from fondly.ingest.use_cases.find_run_files import FindRunFiles
from fondly.ingest.use_cases.start_run import StartRun
from fondly.ingest.use_cases.start_tools import SetLimits, Tools
from fondly.ingest.use_cases.supersede import Supersede
from fondly.runtime.runs.lifecycle import fail_run
from fondly.runtime.runs.run import Run, StageName
from services.ingest.tests.fakes import InMemoryFiles
from tests.support.runs import Runs
from tests.support.stores import InMemoryAnnouncer, InMemoryObjects

FOLDER = "uploads/shop/"
DAY = timedelta(days=1)


def sha256(body: str) -> str:
    """The checksum of a file's text."""
    return hashlib.sha256(body.encode()).hexdigest()


class KeptRuns:
    """Reads what a run is made of and records it as ingested, instead of reading rows."""

    def __init__(self, runs: Runs, announcer: InMemoryAnnouncer) -> None:
        self.ledger = runs.ledger
        self.announcer = announcer
        self.read: dict[str, dict[str, str]] = {}
        self.kinds: list[list[str]] = []
        self.ignored: dict[str, str] = {}
        self.mappings: list[str | None] = []
        self.failing = False
        self.before_reading: Callable[[], Awaitable[None]] | None = None

    async def ingest(self, run: Run, run_files: OpenRunFiles) -> None:
        """Keep the texts of the run's files, by name."""
        if not run.is_open or run.parts is not None:
            return
        if self.before_reading:
            await self.before_reading()
        if self.failing:
            await self.fail(run, "missing columns")
            return
        with tempfile.TemporaryDirectory() as name:
            self.read[run.run_id] = {
                file.content.key.rpartition("/")[2]: await _text(file.content, Path(name) / str(number))
                for number, file in enumerate(run_files.files)
            }
            mapping = await _text(run_files.mapping, Path(name) / "m") if run_files.mapping else None
        self.mappings.append(mapping)
        self.kinds.append([file.kind for file in run_files.files])
        self.ignored = {each.file.removeprefix(FOLDER): each.reason for each in run_files.ignored}
        await self.ledger.set_parts(run.run_id, 1)
        await self.ledger.complete_part(run.run_id, StageName.INGEST, 1)

    async def fail(self, run: Run, reason: str) -> None:
        """Fail the run as the service does."""
        await fail_run(run.run_id, reason, self.ledger, self.announcer)


class Shop:
    """Uploads files into one folder, and has ingest notified of them."""

    def __init__(
        self,
        *,
        wait_s: float = 0.0,
        sleep: Callable[[float], Awaitable[None]] | None = None,
        shop_mapping: Mapping | None = None,
    ) -> None:
        runs, self.announcer = Runs(), InMemoryAnnouncer()
        self.ledger, self.latest = runs.ledger, runs.latest
        self.objects = InMemoryObjects()
        self.files = InMemoryFiles(self.objects)
        self.kept = KeptRuns(runs, self.announcer)
        limits = SetLimits(wait_s=wait_s, sleep=sleep) if sleep else SetLimits(wait_s=wait_s)
        self.start_run = StartRun(
            Tools(
                self.files,
                runs.ledger,
                runs.stage(StageName.INGEST, self.announcer),
                Supersede(runs.latest, runs.ledger, self.announcer),
                self.kept,
                FindRunFiles(self.files, runs.ledger, shop_mapping),
                limits,
            )
        )

    def put(self, name: str, body: str, *, after: timedelta = timedelta(seconds=1)) -> None:
        """Store a file without a notification."""
        self.objects.stored[FOLDER + name] = body.encode()
        self.files.touch(FOLDER + name, after=after)

    def put_manifest(self, *files: object, after: timedelta = timedelta(seconds=1)) -> None:
        """Store a manifest that names these files."""
        self.put("manifest.json", json.dumps({"files": files}), after=after)

    async def notify(self, name: str) -> None:
        """Handle a notification about a file."""
        key = FOLDER + name
        etag = self.files.content(key).etag if key in self.objects.stored else ""
        await self.start_run.run(Upload(key, etag), holder=f"m-{name}")

    async def upload(self, name: str, body: str, *, after: timedelta = timedelta(seconds=1)) -> None:
        """Store a file and handle its notification."""
        self.put(name, body, after=after)
        await self.notify(name)

    async def upload_all(self, names: Iterable[str], version: str) -> None:
        """Upload files of one version, each with its version as its text."""
        for name in names:
            await self.upload(name, version)

    async def upload_manifest(self, *files: object) -> None:
        """Upload a manifest that names these files."""
        self.put_manifest(*files)
        await self.notify("manifest.json")

    @property
    def read(self) -> list[dict[str, str]]:
        """What each run that ingest has read was made of, by name, in order."""
        return list(self.kept.read.values())

    @property
    def failures(self) -> list[str]:
        """The reasons of the runs that were announced as failed."""
        ended = [data for data in self.announcer.of(RunFinished) if isinstance(data, RunFinished)]
        return [data.reason or "" for data in ended]


async def _text(content: object, path: Path) -> str:
    await content.save(path)  # type: ignore[attr-defined] # a content
    return path.read_text()  # noqa: ASYNC240 - a few bytes, in a test
