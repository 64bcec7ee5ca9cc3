"""Large versions are trained in a process of their own, with the same result."""

import asyncio
import json
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from unit.test_personalize_service import SCHEMA, Api, FakeS3, csv_of

from understudy.personalize import PersonalizeOptions
from understudy.personalize.csv_import import TableReader
from understudy.personalize.errors import JobFailedError
from understudy.personalize.plan import DatasetSnapshot
from understudy.personalize.schemas import parse_schema
from understudy.personalize.store import Store
from understudy.personalize.tables import write_table
from understudy.personalize.trained import PersonalModel, Query
from understudy.personalize.trainer import Trainer, failure_in, request_of
from understudy.workers import Workers

if TYPE_CHECKING:
    from collections.abc import Callable

SOLUTION = {"recipeArn": "arn:aws:personalize:::recipe/aws-user-personalization-v2"}
_PROGRAM = [sys.executable, "-m", "understudy.training_process"]


@pytest.fixture
def shop() -> dict[str, DatasetSnapshot]:
    """The interactions of a small shop."""
    schema = parse_schema(SCHEMA)
    reader = TableReader(schema)
    reader.read(csv_of("a").splitlines(keepends=True))
    return {"Interactions": DatasetSnapshot(schema, reader.table())}


def trainer(folder: Path | None, *, large_rows: int) -> Trainer:
    """Return a trainer."""
    store = Store(folder)
    store.open()
    return Trainer(store, Workers("test"), large_rows)


def recommended(model: object, user: str) -> list[str]:
    """Return what a model recommends."""
    assert isinstance(model, PersonalModel)
    return next(model.answer([Query(user=user)], 10)).items


async def test_a_process_trains_the_same_model(shop: dict[str, DatasetSnapshot]) -> None:
    """In memory, the model is read from a file that is gone afterwards."""
    in_thread = await trainer(None, large_rows=10**9).trained(SOLUTION, shop)
    in_process = await trainer(None, large_rows=1).trained(SOLUTION, shop)
    assert isinstance(in_thread, PersonalModel)
    assert isinstance(in_process, PersonalModel)
    for user in ("u1", "u150", "nobody"):
        assert recommended(in_process, user) == recommended(in_thread, user)
    assert in_process.metrics == in_thread.metrics


async def test_the_reason_of_a_failure_comes_from_the_process(shop: dict[str, DatasetSnapshot]) -> None:
    """It is that of AWS, as in a thread."""
    for large_rows in (1, 10**9):
        with pytest.raises(JobFailedError, match="reserved keywords or null"):
            await trainer(None, large_rows=large_rows).trained({**SOLUTION, "eventType": "order"}, shop)


async def test_a_training_that_is_cancelled_ends_its_process(
    shop: dict[str, DatasetSnapshot], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing computes on for a version that was stopped."""
    started: list[asyncio.subprocess.Process] = []
    create: Callable[..., Any] = asyncio.create_subprocess_exec

    async def noted(*arguments: str, **options: int) -> asyncio.subprocess.Process:
        process: asyncio.subprocess.Process = await create(*arguments, **options)
        started.append(process)
        return process

    monkeypatch.setattr(asyncio, "create_subprocess_exec", noted)
    task = asyncio.create_task(trainer(None, large_rows=1).trained(SOLUTION, shop))
    while not started:  # noqa: ASYNC110 - a process has no event to wait for
        await asyncio.sleep(0.002)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert started[0].returncode not in {None, 0}


async def test_a_process_that_crashes_is_no_failure_of_the_caller(
    shop: dict[str, DatasetSnapshot], tmp_path: Path
) -> None:
    """Its error is in the log, and the version gets AWS's text for an internal failure."""
    made = trainer(tmp_path / "state", large_rows=1)
    shutil.rmtree(tmp_path / "state")
    with pytest.raises(RuntimeError, match="has ended with 1"):
        await made.trained(SOLUTION, shop)


async def test_a_training_ends_with_the_process_that_wants_it(
    shop: dict[str, DatasetSnapshot], tmp_path: Path
) -> None:
    """Its standard input ends, whatever it is doing then."""
    write_table(tmp_path / "table.npz", shop["Interactions"].table)
    files = {"Interactions": (shop["Interactions"], tmp_path / "table.npz")}
    process = await asyncio.create_subprocess_exec(*_PROGRAM, stdin=asyncio.subprocess.PIPE)
    assert process.stdin is not None
    process.stdin.write(request_of(SOLUTION, files, tmp_path / "model.npz"))
    process.stdin.close()
    assert await process.wait() == 1
    assert not (tmp_path / "model.npz").exists()


async def test_a_process_reads_and_writes_files_only(
    shop: dict[str, DatasetSnapshot], tmp_path: Path
) -> None:
    """The request names them; the answer is one line."""
    write_table(tmp_path / "table.npz", shop["Interactions"].table)
    files = {"Interactions": (shop["Interactions"], tmp_path / "table.npz")}
    request = request_of(SOLUTION, files, tmp_path / "model.npz")
    assert json.loads(request)["model"] == str(tmp_path / "model.npz")
    process = await asyncio.create_subprocess_exec(
        *_PROGRAM, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(request)
    said = await process.stdout.read()
    assert await process.wait() == 0
    assert failure_in(said) is None
    assert (tmp_path / "model.npz").stat().st_size > 0


async def test_a_version_from_a_process_is_kept(tmp_path: Path) -> None:
    """Its model is the file that the process has written, with the folder as without."""
    answers = []
    for options in (
        PersonalizeOptions(state_dir=tmp_path / "state", large_rows=1),
        PersonalizeOptions(large_rows=1),
        PersonalizeOptions(),
    ):
        api = Api(FakeS3({"a.csv": csv_of("a")}), options=options)
        for service in api._services:
            if service.open is not None:
                await service.open()
        group, dataset = await api.dataset()
        await api.load(dataset, "a")
        version = await api.made("SolutionVersion", solutionArn=await api.solution(group))
        campaign = await api.made("Campaign", name="live", solutionVersionArn=version)
        found = await api.call("GetRecommendations", campaignArn=campaign, userId="u1", numResults=10)
        answers.append(found["itemList"])
        await api.close()
    assert answers[0] == answers[1] == answers[2]
