"""What Personalize has outlives a process that is killed: a folder has it at every moment."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import pytest

from tools.understudy.tests.unit.test_personalize_service import ROLE, Api, FakeS3, csv_of
from understudy.personalize import create_services
from understudy.wire.service import Params

LISTED = (
    "DatasetGroups",
    "Datasets",
    "Schemas",
    "Solutions",
    "SolutionVersions",
    "Campaigns",
    "BatchInferenceJobs",
)


class KeptApi(Api):
    """Services that keep their state in a folder."""

    def __init__(self, s3: FakeS3, folder: Path, *, state_delay_s: float = 0.0) -> None:
        @asynccontextmanager
        async def client() -> AsyncIterator[Any]:
            yield s3

        self._services = create_services(
            region="eu-west-1",
            account_id="123456789012",
            s3_client_factory=cast("Any", client),
            state_delay_s=state_delay_s,
            state_dir=folder,
        )

    async def opened(self) -> "KeptApi":
        """Begin as a server does."""
        for service in self._services:
            if service.open is not None:
                await service.open()
        return self

    async def gone(self, noun: str) -> None:
        """Wait until none is listed."""
        while (await self.call(f"List{noun}"))[noun[0].lower() + noun[1:]]:  # noqa: ASYNC110 - as a client
            await asyncio.sleep(0.002)

    async def everything(self) -> list[Params]:
        """Every resource that is listed, with its status and its times."""
        return [await self.call(f"List{noun}") for noun in LISTED]


Start = Callable[..., Any]


@pytest.fixture
def s3() -> FakeS3:
    """A bucket with interactions, and users to recommend to."""
    return FakeS3({"a.csv": csv_of("a"), "b.csv": csv_of("b"), "in/users.json": b'{"userId": "u1"}\n'})


@pytest.fixture
async def start(s3: FakeS3, tmp_path: Path) -> AsyncIterator[Start]:
    """Start services on the same folder: on a copy of it, as the one killed before might still write."""
    made: list[KeptApi] = []

    async def started(*, state_delay_s: float = 0.0) -> KeptApi:
        folder = tmp_path / f"state-{len(made)}"
        if made:
            shutil.copytree(tmp_path / f"state-{len(made) - 1}", folder)
        made.append(KeptApi(s3, folder, state_delay_s=state_delay_s))
        return await made[-1].opened()

    yield started
    for each in made:
        await each.close()


async def trained(api: Api) -> str:
    """A campaign of a version trained on `a`."""
    group, dataset = await api.dataset()
    await api.load(dataset, "a")
    solution = await api.solution(group)
    version = await api.made("SolutionVersion", solutionArn=solution)
    return await api.made("Campaign", name="live", solutionVersionArn=version)


async def kept(api: KeptApi) -> None:
    """Wait until what ended in the background is kept as well: a change is answered after that."""
    [group] = (await api.call("ListDatasetGroups"))["datasetGroups"]
    await api.call("TagResource", resourceArn=group["datasetGroupArn"], tags=[])


async def test_everything_is_there_after_a_kill(start: Start) -> None:
    """Resources, statuses, times, tags and data; models are trained again, to the same recommendations."""
    first = await start()
    campaign = await trained(first)
    await first.call("TagResource", resourceArn=campaign, tags=[{"tagKey": "run", "tagValue": "1"}])
    before, recommended = await first.everything(), await first.recommended(campaign, "u1")

    second = await start()

    assert await second.everything() == before
    assert (await second.call("ListTagsForResource", resourceArn=campaign))["tags"] == [
        {"tagKey": "run", "tagValue": "1"}
    ]
    assert await second.recommended(campaign, "u1") == recommended


async def test_a_version_keeps_the_data_that_it_was_trained_on(start: Start) -> None:
    """A later import changes nothing about it, not even when the model has to be trained again."""
    first = await start()
    campaign = await trained(first)
    dataset = (await first.call("ListDatasets"))["datasets"][0]["datasetArn"]
    await first.load(dataset, "b")
    await kept(first)

    second = await start()

    assert {item[0] for item in await second.recommended(campaign, "u1")} == {"a"}
    solution = (await second.call("ListSolutions"))["solutions"][0]["solutionArn"]
    version = await second.made("SolutionVersion", solutionArn=solution)
    newer = await second.made("Campaign", name="newer", solutionVersionArn=version)
    assert {item[0] for item in await second.recommended(newer, "u1")} == {"b"}


async def test_what_was_under_way_is_begun_again(start: Start, s3: FakeS3) -> None:
    """An import, a training and a batch job that a kill interrupts end as they would have."""
    first = await start()
    group, dataset = await first.dataset()
    await kept(first)

    slow = await start(state_delay_s=60)
    job = await slow.call(
        "CreateDatasetImportJob",
        jobName="a",
        datasetArn=dataset,
        dataSource={"dataLocation": "s3://data/a.csv"},
        roleArn=ROLE,
    )
    third = await start()
    assert (await third.settled("DatasetImportJob", job["datasetImportJobArn"]))["status"] == "ACTIVE"
    solution = await third.solution(group)
    await kept(third)

    slow = await start(state_delay_s=60)
    arn = (await slow.call("CreateSolutionVersion", solutionArn=solution))["solutionVersionArn"]
    fifth = await start()
    assert (await fifth.settled("SolutionVersion", arn))["status"] == "ACTIVE"
    await kept(fifth)

    slow = await start(state_delay_s=60)
    batch = await slow.call(
        "CreateBatchInferenceJob",
        jobName="batch",
        solutionVersionArn=arn,
        roleArn=ROLE,
        jobInput={"s3DataSource": {"path": "s3://data/in/users.json"}},
        jobOutput={"s3DataDestination": {"path": "s3://data/out/"}},
    )
    last = await start()
    assert (await last.settled("BatchInferenceJob", batch["batchInferenceJobArn"]))["status"] == "ACTIVE"
    assert json.loads(s3.objects["out/users.json.out"])["input"] == {"userId": "u1"}


async def test_a_deletion_goes_on_and_its_data_goes_with_it(start: Start, tmp_path: Path) -> None:
    """Nothing comes back, and tables that nothing refers to are removed."""
    first = await start()
    _, dataset = await first.dataset()
    await first.load(dataset, "a")
    await kept(first)
    assert len(list((tmp_path / "state-0/personalize").glob("*.npz"))) == 1
    slow = await start(state_delay_s=60)
    await slow.call("DeleteDataset", datasetArn=dataset)

    third = await start()

    await third.gone("Datasets")
    await kept(third)
    assert list((tmp_path / "state-2/personalize").glob("*.npz")) == []


@pytest.mark.parametrize("content", ["", "{", '{"format": 2}', '{"format": 1, "resources": [{}]}'])
async def test_a_folder_that_cannot_be_read_is_put_aside(start: Start, tmp_path: Path, content: str) -> None:
    """The services begin empty, and the file stays for somebody to look at."""
    state = tmp_path / "state-0/personalize/state.json"
    state.parent.mkdir(parents=True)
    state.write_text(content)

    api = await start()

    assert (await api.call("ListDatasetGroups"))["datasetGroups"] == []
    assert state.with_suffix(".unreadable").read_text() == content
    await api.dataset()
    assert json.loads(state.read_text())["format"] == 1


async def test_a_kill_while_writing_leaves_the_state_before(start: Start, tmp_path: Path) -> None:
    """A half-written file is never read."""
    first = await start()
    await first.dataset()
    part = tmp_path / "state-0/personalize/state.json.part"
    part.write_text('{"format": 1, "resou')
    second = await start()
    assert len((await second.call("ListDatasets"))["datasets"]) == 1
