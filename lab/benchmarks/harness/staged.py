"""A run in a folder, stage after stage: started in processes, watched, resumed where it was interrupted."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from fondly.contracts import object_keys
from fondly.evaluation.sample import write_sample
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.run import Run, StageName
from harness.local_aws import Session
from harness.local_aws.usage import MIB, bytes_below
from harness.million_report import together

KEY = f"{object_keys.UPLOADS}amazon.csv"
BUCKET = "data"
UPLOADS_QUEUE = "ingest-uploads"
PROGRESS_S = 30.0
LOOK_S = 0.2
STOP_S = 60.0
"""How long a process that was asked to stop may go on with the parts that it has."""
Say = Callable[[str], None]


@dataclass(frozen=True)
class Shop:
    """What the uploaded file holds."""

    customers: int
    products: int
    reviews: int


class Staged:
    """One run in a folder, which may be worked on by several invocations, one at a time."""

    def __init__(self, folder: Path, say: Say) -> None:
        self.folder = folder
        self._say = say
        for name in ("took", "logs"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        self.session = Session(folder)

    def shop(self, customers: int, products: int) -> Shop:
        """Return the shop, which is generated and uploaded if it is not there; exit if it is another one."""
        path = self.folder / "shop.json"
        if not path.exists():
            path.write_text(json.dumps(asdict(self._upload(customers, products))))
        shop = Shop(**json.loads(path.read_text()))
        if (shop.customers, shop.products) != (customers, products):
            sys.exit(f"{self.folder} holds {shop.customers:,} customers and {shop.products:,} products")
        return shop

    def took(self, stage: str) -> dict[str, Any] | None:
        """Return what a stage has taken, None unless it is finished."""
        path = self._done(stage)
        found: dict[str, Any] | None = json.loads(path.read_text()) if path.exists() else None
        return found

    def run(self, stage: str, tasks: int) -> dict[str, Any]:
        """Run the tasks of a stage until its queue is empty; exit if one fails."""
        queue = UPLOADS_QUEUE if stage == StageName.INGEST else stage
        if not self.session.queues.left(queue):
            sys.exit(f"nothing is in the queue of {stage}: the stage before it is not finished")
        self.session.queues.show_again(queue)
        attempt, before = len({*self._attempts(stage)}) + 1, bytes_below(self.folder)
        running = [self._start(stage, attempt, task) for task in range(1, tasks + 1)]
        try:
            self._watch(stage, running)
        finally:
            _end(running)
        if failed := [process.returncode for process in running if process.returncode]:
            sys.exit(f"{stage} ended with code {failed[0]}; its logs are in {self.folder / 'logs'}")
        taken = together(self._facts(stage))
        taken["stored_mib"] = (bytes_below(self.folder) - before) / MIB
        self._done(stage).write_text(json.dumps(taken))
        return taken

    def ledger_run(self) -> Run | None:
        """Return the run as the ledger has it."""
        runs = asyncio.run(Ledger(self.session.tables, "runs").runs())  # type: ignore[arg-type] # as much of a client as it takes
        return runs[0] if runs else None

    def _upload(self, customers: int, products: int) -> Shop:
        path = self.session.objects.path(KEY)
        path.parent.mkdir(parents=True, exist_ok=True)
        facts = write_sample(path, customers=customers, products=products)
        entity = {
            "bucket": {"name": BUCKET},
            "object": {"key": KEY, "size": path.stat().st_size, "eTag": "0"},
        }
        notification = {"Records": [{"eventName": "ObjectCreated:Put", "s3": entity}]}
        self.session.queues.send(UPLOADS_QUEUE, json.dumps(notification), {})
        return Shop(facts.customers, facts.products, facts.reviews)

    def _start(self, stage: str, attempt: int, task: int) -> "subprocess.Popen[bytes]":
        paths = os.pathsep.join(filter(None, [str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH")]))
        took = self.folder / "took" / f"{stage}-{attempt}-{task}.json"
        with (self.folder / "logs" / f"{stage}-{attempt}-{task}.log").open("wb") as logs:
            return subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-m", "harness.stage_process", str(self.folder), stage, str(took)],
                env={**os.environ, "PYTHONPATH": paths},
                stdout=logs,
                stderr=logs,
            )

    def _watch(self, stage: str, running: "Sequence[subprocess.Popen[bytes]]") -> None:
        """Say how far the stage is, until its processes have ended or one of them has failed."""
        said_s = time.monotonic()
        while any(process.poll() is None for process in running):
            if any(process.returncode for process in running):
                return
            time.sleep(LOOK_S)
            if time.monotonic() - said_s >= PROGRESS_S:
                said_s = time.monotonic()
                self._say(f"{stage}: {self._progress(stage)}")

    def _progress(self, stage: str) -> str:
        facts, run = self._facts(stage), self.ledger_run()
        rounds = {name: len(through) for name, through in (run.rounds if run else {}).items()}
        said = [
            f"{len(run.stage(StageName(stage)).done):,} of {run.parts or 0:,} parts" if run else "no run yet"
        ]
        if stage == StageName.RECOMMENDER:
            said += [f"{count} bundles through {name}" for name, count in rounds.items()]
        if facts:
            taken = together(facts)
            said.append(f"{taken['cpu_s']:,.0f} CPU s, peak {taken['peak_mib']:,.0f} MiB")
        return ", ".join(said)

    def _attempts(self, stage: str) -> list[str]:
        return [path.stem.split("-")[1] for path in (self.folder / "took").glob(f"{stage}-*-*.json")]

    def _facts(self, stage: str) -> list[dict[str, Any]]:
        paths = sorted((self.folder / "took").glob(f"{stage}-*-*.json"))
        return [{"attempt": path.stem.split("-")[1], **json.loads(path.read_text())} for path in paths]

    def _done(self, stage: str) -> Path:
        return self.folder / "took" / f"{stage}.json"


def _end(running: "Sequence[subprocess.Popen[bytes]]") -> None:
    """Ask the processes that still run to stop, and wait."""
    for process in running:
        if process.poll() is None:
            process.terminate()
    for process in running:
        with suppress(subprocess.TimeoutExpired):
            process.wait(STOP_S)
        if process.poll() is None:
            process.kill()
            process.wait()
