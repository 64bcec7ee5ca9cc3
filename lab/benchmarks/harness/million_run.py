"""A run in a folder, stage after stage: started in processes, watched, resumed where it was interrupted."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from fondly.operations.cost.measured import MeasuredCost, measured_cost
from fondly.operations.delivery import approval
from fondly.runtime.runs.delivery import Delivery, DeliveryStatus
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.run import CLEARING, Run, StageName
from harness.in_process import UPLOADS_QUEUE, uploading
from harness.local_aws import LocalEnvironment, Session
from harness.million_report import together
from harness.million_stage import SMTP_PORT
from harness.processes import MIB, bytes_below
from harness.shop_file import Shop, Upload, write_shop

PERSON = "whoever runs the benchmark"
PROGRESS_S = 30.0
STUCK_S = 600.0
"""A stage in which nothing was written for so long waits for something that will not come."""
LOOK_S = 0.2
STOP_S = 60.0
"""How long a process that was asked to stop may go on with the parts that it has."""
Say = Callable[[str], None]


class UploadRun:
    """One upload's run in a folder, which may be worked on by several invocations, one at a time."""

    def __init__(self, folder: Path, upload: Upload, say: Say, *, number: int) -> None:
        self.folder = folder
        self._upload = upload
        self._number = number
        self._say = say
        for name in ("took", "logs"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        self.session = Session(folder)
        self.environment = LocalEnvironment.of(self.session)

    def shop(self, customers: int, products: int) -> Shop:
        """Return the shop, which is generated and uploaded if it is not there; exit if it is another one."""
        path = self.folder / f"{self._upload.name}.json"
        if not path.exists():
            shop = self._put(customers, products)
            path.write_text(json.dumps({"of": [customers, products], **asdict(shop)}))
        facts = json.loads(path.read_text())
        if facts.pop("of") != [customers, products]:
            sys.exit(f"{self.folder} holds another shop, of {facts['customers']:,} customers")
        return Shop(**facts)

    def took(self, stage: str) -> dict[str, Any] | None:
        """Return what a stage has taken, None unless it is finished."""
        path = self._done(stage)
        found: dict[str, Any] | None = json.loads(path.read_text()) if path.exists() else None
        return found

    def clear(self) -> None:
        """Have the later stages say that the run can end: they have nothing else to do before sentiment."""
        for stage in sorted(CLEARING):
            if self.session.queues.left(stage):
                self._attempt(stage, 1)

    def approve(self) -> None:
        """Open the run's delivery, and approve it as a person does."""
        if self._delivery() is None:
            self._attempt(StageName.SENDER, 1)
        if (delivery := self._delivery()) is None:
            sys.exit("the sender has opened no delivery")
        if delivery.status is DeliveryStatus.HELD:
            asyncio.run(self._approve(delivery.run_id))

    def run(self, stage: str, tasks: int) -> dict[str, Any]:
        """Run the tasks of a stage until its queue is empty; exit if one fails."""
        before = bytes_below(self.folder)
        if self.session.queues.left(_queue(stage)):
            self._attempt(stage, tasks)
        elif not self._facts(stage):
            sys.exit(f"nothing is in the queue of {stage}: the stage before it is not finished")
        taken = together(self._facts(stage))
        taken["stored_mib"] = (bytes_below(self.folder) - before) / MIB
        self._done(stage).write_text(json.dumps(taken))
        return taken

    def ledger_run(self) -> Run | None:
        """Return the run as the ledger has it."""
        runs = asyncio.run(Ledger(self.session.client("dynamodb"), "runs").runs())
        return runs[self._number - 1] if len(runs) >= self._number else None

    def cost(self) -> MeasuredCost:
        """Return what the services have counted of the run, at list prices."""
        return asyncio.run(measured_cost(self.environment, self._run().run_id))

    def received(self) -> list[str]:
        """Return to whom the run's emails were delivered."""
        path = self.folder / f"{self._upload.name}.received"
        return path.read_text().splitlines() if path.exists() else []

    def _put(self, customers: int, products: int) -> Shop:
        with uploading(self.session, f"{self._upload.name}.csv") as path:
            return write_shop(path, self._upload, customers=customers, products=products)

    def _run(self) -> Run:
        return self.ledger_run() or sys.exit("ingest has opened no run")

    def _delivery(self) -> Delivery | None:
        run_id = self._run().run_id

        async def find() -> Delivery | None:
            return await (await self.environment.deliveries()).find(run_id)

        return asyncio.run(find())

    async def _approve(self, run_id: str) -> None:
        shown = await approval.delivery(self.environment, run_id)
        await approval.approve(self.environment, run_id, seen=shown.seen, by=PERSON)

    def _attempt(self, stage: str, tasks: int) -> None:
        """Run tasks until the queue is empty."""
        self.session.queues.show_again(_queue(stage))
        attempt = len({each["attempt"] for each in self._facts(stage)}) + 1
        with self._mail_server(stage) as port:
            running = [self._start(stage, attempt, task, port) for task in range(1, tasks + 1)]
            try:
                self._watch(stage, running)
            finally:
                _end(running)
        if failed := [process.returncode for process in running if process.returncode]:
            sys.exit(f"{stage} ended with code {failed[0]}; its logs are in {self.folder / 'logs'}")

    @contextmanager
    def _mail_server(self, stage: str) -> Iterator[str]:
        """Run what the sender sends to."""
        if stage != StageName.SENDER:
            yield ""
            return
        path = self.folder / f"{self._upload.name}.received"
        command = [sys.executable, "-m", "harness.sink", str(path)]
        with subprocess.Popen(command, env=_variables(), stdout=subprocess.PIPE, text=True) as server:  # noqa: S603 - our own module
            try:
                yield server.stdout.readline().strip() if server.stdout else ""
            finally:
                server.terminate()

    def _start(self, stage: str, attempt: int, task: int, port: str) -> "subprocess.Popen[bytes]":
        name = f"{self._upload.name}-{stage}-{attempt}-{task}"
        with (self.folder / "logs" / f"{name}.log").open("wb") as logs:
            return subprocess.Popen(  # noqa: S603 - our own module
                [
                    *(sys.executable, "-m", "harness.million_stage"),
                    *(str(self.folder), stage, str(self.folder / "took" / f"{name}.json")),
                ],
                env=_variables() | {SMTP_PORT: port or "25"},
                stdout=logs,
                stderr=logs,
            )

    def _watch(self, stage: str, running: "Sequence[subprocess.Popen[bytes]]") -> None:
        """Say how far the stage is, until its processes have ended or one of them has failed."""
        said_s = wrote_s = time.monotonic()
        written = -1
        while any(process.poll() is None for process in running):
            if any(process.returncode for process in running):
                return
            time.sleep(LOOK_S)
            if (now_s := time.monotonic()) - said_s >= PROGRESS_S:
                said_s = now_s
                self._say(f"{stage}: {self._progress(stage)}")
                wrote = sum(sum(facts["written"].values()) for facts in self._facts(stage))
                written, wrote_s = wrote, wrote_s if wrote == written else now_s
                if now_s - wrote_s >= STUCK_S:
                    sys.exit(f"{stage} has written nothing for {STUCK_S:.0f} s: {self._progress(stage)}")

    def _progress(self, stage: str) -> str:
        run, left = self.ledger_run(), self.session.queues.left(_queue(stage))
        done = len(run.stage(StageName(stage)).done) if run else 0
        told = f"{done:,} of {run.parts or 0:,} parts, the run is {run.status}" if run else "no run yet"
        if (taken := together(self._facts(stage)))["tasks"]:
            told += f", {taken['cpu_s']:,.0f} CPU s, peak {taken['peak_mib']:,.0f} MiB"
        return f"{told}, {left:,} messages are left"

    def _facts(self, stage: str) -> list[dict[str, Any]]:
        paths = sorted((self.folder / "took").glob(f"{self._upload.name}-{stage}-*-*.json"))
        return [{"attempt": path.stem.split("-")[2], **json.loads(path.read_text())} for path in paths]

    def _done(self, stage: str) -> Path:
        return self.folder / "took" / f"{self._upload.name}-{stage}.json"


def _queue(stage: str) -> str:
    return UPLOADS_QUEUE if stage == StageName.INGEST else stage


def _variables() -> dict[str, str]:
    paths = os.pathsep.join(filter(None, [str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH")]))
    return {**os.environ, "PYTHONPATH": paths}


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
