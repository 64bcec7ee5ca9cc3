"""Trains versions: small ones in a thread, large ones in a process that leaves this one free to answer."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from understudy.personalize.errors import JobFailedError
from understudy.personalize.model_shelf import read_model, write_model
from understudy.personalize.plan import DatasetSnapshot, TrainingPlan
from understudy.personalize.schemas import schema_of
from understudy.personalize.tables import read_table, write_table
from understudy.personalize.training import train

if TYPE_CHECKING:
    from collections.abc import Mapping

    from understudy.personalize.store import Store
    from understudy.personalize.trained import PersonalModel
    from understudy.wire.service import Params
    from understudy.workers import Workers

LARGE_ROWS = 20_000
"""From how many records on a training takes longer than a process to start, some two seconds."""
_PROGRAM = "understudy.training_process"
_CONFIGURATION = ("eventType", "solutionConfig")


@dataclass(frozen=True, slots=True)
class Trainer:
    """Trains models. Used on one event loop."""

    store: Store
    workers: Workers
    large_rows: int = LARGE_ROWS

    async def trained(
        self, solution: Params, datasets: Mapping[str, DatasetSnapshot]
    ) -> PersonalModel | Path:
        """Return a model by the configuration of a solution, or the new file of the store that has it.

        Raises JobFailedError with AWS's reason when there is too little data to train on.
        """
        if sum(each.table.rows for each in datasets.values()) < self.large_rows:
            plan = TrainingPlan.of(solution, datasets)
            return await self.workers.run(train, plan)
        with TemporaryDirectory(prefix="understudy-training-") as name:
            folder = Path(name)
            files = {key: (each, await self._file(each, folder / key)) for key, each in datasets.items()}
            kept = self.store.new_file()
            path = folder / "model.npz" if kept is None else kept
            configuration = {key: solution[key] for key in _CONFIGURATION if key in solution}
            await _run(request_of(configuration, files, path))
            return path if kept is not None else await self.workers.run(read_model, path)

    async def _file(self, snapshot: DatasetSnapshot, other: Path) -> Path:
        """Return the file with a table: that of the store, or another one that is written."""
        stored = self.store.path(snapshot.file)
        if stored is not None:
            return stored
        await self.workers.run(write_table, other.with_suffix(".npz"), snapshot.table)
        return other.with_suffix(".npz")


async def _run(request: bytes) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", _PROGRAM, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdin is not None  # noqa: S101 - both are pipes
    assert process.stdout is not None  # noqa: S101
    try:
        process.stdin.write(request)
        await process.stdin.drain()
        said = await process.stdout.read()
        code = await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        process.stdin.close()
    if code:
        raise RuntimeError(f"the process of a training has ended with {code}")
    reason = failure_in(said)
    if reason is not None:
        raise JobFailedError(reason)


def request_of(solution: Params, datasets: Mapping[str, tuple[DatasetSnapshot, Path]], model: Path) -> bytes:
    """Return the line that asks for a training by the configuration of a solution, on tables in files."""
    content = {
        "solution": solution,
        "datasets": {
            name: {"schema": asdict(snapshot.schema), "path": str(path)}
            for name, (snapshot, path) in datasets.items()
        },
        "model": str(model),
    }
    return json.dumps(content).encode() + b"\n"


def failure_in(line: bytes) -> str | None:
    """Return the reason in the line that a training has printed; raise ValueError if there is none."""
    content = json.loads(line)
    return None if content["reason"] is None else str(content["reason"])


def answer(line: bytes) -> dict[str, str | None]:
    """Do the training that a line asks for."""
    request: dict[str, Any] = json.loads(line)
    datasets = {
        name: DatasetSnapshot(schema_of(each["schema"]), read_table(Path(each["path"])))
        for name, each in request["datasets"].items()
    }
    plan = TrainingPlan.of(request["solution"], datasets)
    try:
        write_model(Path(request["model"]), train(plan))
    except JobFailedError as error:
        return {"reason": str(error)}
    return {"reason": None}
