"""What is said to a process that trains, and what it answers."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from understudy.personalize.errors import JobFailedError
from understudy.personalize.model_files import write_model
from understudy.personalize.plan import DatasetSnapshot, TrainingPlan
from understudy.personalize.schemas import schema_of
from understudy.personalize.table_files import read_table
from understudy.personalize.training import train

if TYPE_CHECKING:
    from collections.abc import Mapping

    from understudy.wire.service import Params


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
