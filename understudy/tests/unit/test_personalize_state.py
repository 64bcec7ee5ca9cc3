"""What Personalize has outlives a process that is killed: a folder has it at every moment."""

import asyncio
import json
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from unit.test_personalize_service import ROLE, Api, FakeS3, csv_of

from understudy.database import DATABASE, Database, FolderInUseError, StateError
from understudy.personalize import PersonalizeOptions
from understudy.personalize.schemas import Schema
from understudy.personalize.store import LearnedData, Store, Streamed, check_folder
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
        super().__init__(s3, PersonalizeOptions(state_dir=folder, state_delay_s=state_delay_s))

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


TAGS = [{"tagKey": "run", "tagValue": "1"}]


async def trained(api: Api) -> str:
    """A campaign of a version trained on `a`."""
    group, dataset = await api.dataset()
    await api.load(dataset, "a")
    solution = await api.solution(group)
    version = await api.made("SolutionVersion", solutionArn=solution)
    return await api.made("Campaign", name="live", solutionVersionArn=version, tags=TAGS)


async def importing(api: Api, dataset: str, name: str) -> Params:
    """Begin an import of an object."""
    return await api.call(
        "CreateDatasetImportJob",
        jobName=name,
        datasetArn=dataset,
        dataSource={"dataLocation": f"s3://data/{name}.csv"},
        roleArn=ROLE,
    )


async def test_everything_is_there_after_a_kill(start: Start) -> None:
    """Resources, statuses, times, tags and data, and models with the same recommendations."""
    first = await start()
    campaign = await trained(first)
    before, recommended = await first.everything(), await first.recommended(campaign, "u1")

    second = await start()

    assert await second.everything() == before
    assert (await second.call("ListTagsForResource", resourceArn=campaign))["tags"] == TAGS
    assert await second.recommended(campaign, "u1") == recommended


async def test_a_version_keeps_the_data_that_it_was_trained_on(start: Start) -> None:
    """A later import changes nothing about it."""
    first = await start()
    campaign = await trained(first)
    dataset = (await first.call("ListDatasets"))["datasets"][0]["datasetArn"]
    await first.load(dataset, "b")

    second = await start()

    assert {item[0] for item in await second.recommended(campaign, "u1")} == {"a"}
    solution = (await second.call("ListSolutions"))["solutions"][0]["solutionArn"]
    version = await second.made("SolutionVersion", solutionArn=solution)
    newer = await second.made("Campaign", name="newer", solutionVersionArn=version)
    assert {item[0] for item in await second.recommended(newer, "u1")} == {"b"}


async def test_a_version_that_waits_keeps_its_data(start: Start) -> None:
    """It is trained on what was known when it was created, whatever has come until its training."""
    first = await start()
    group, dataset = await first.dataset()
    await first.load(dataset, "a")
    tracker = await first.call("CreateEventTracker", name="clicks", datasetGroupArn=group)
    await first.finished("EventTracker", tracker["eventTrackerArn"])
    solution = await first.solution(group)

    slow = await start(state_delay_s=60)
    arn = (await slow.call("CreateSolutionVersion", solutionArn=solution))["solutionVersionArn"]
    event = {"eventType": "click", "sentAt": datetime.now(UTC), "itemId": "later"}
    await slow.call(
        "PutEvents", trackingId=tracker["trackingId"], sessionId="s", userId="u1", eventList=[event]
    )

    third = await start()
    assert (await third.finished("SolutionVersion", arn))["status"] == "ACTIVE"
    campaign = await third.made("Campaign", name="live", solutionVersionArn=arn)
    assert "later" not in await third.recommended(campaign, "u1")
    newer = await third.made("SolutionVersion", solutionArn=solution)
    await third.call("UpdateCampaign", campaignArn=campaign, solutionVersionArn=newer)
    while "later" not in await third.recommended(campaign, "u1"):  # noqa: ASYNC110 - as a client
        await asyncio.sleep(0.002)


async def test_what_was_under_way_is_begun_again(start: Start, s3: FakeS3) -> None:
    """An import, a training and a batch job that a kill interrupts end as they would have."""
    first = await start()
    group, dataset = await first.dataset()

    slow = await start(state_delay_s=60)
    job = await importing(slow, dataset, "a")
    third = await start()
    assert (await third.finished("DatasetImportJob", job["datasetImportJobArn"]))["status"] == "ACTIVE"
    solution = await third.solution(group)

    slow = await start(state_delay_s=60)
    arn = (await slow.call("CreateSolutionVersion", solutionArn=solution))["solutionVersionArn"]
    fifth = await start()
    assert (await fifth.finished("SolutionVersion", arn))["status"] == "ACTIVE"

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
    assert (await last.finished("BatchInferenceJob", batch["batchInferenceJobArn"]))["status"] == "ACTIVE"
    assert json.loads(s3.objects["out/users.json.out"])["input"] == {"userId": "u1"}


async def test_a_deletion_goes_on_and_its_data_goes_with_it(start: Start, tmp_path: Path) -> None:
    """Nothing comes back, and tables that nothing refers to are removed."""
    first = await start()
    _, dataset = await first.dataset()
    await first.load(dataset, "a")
    assert len(list((tmp_path / "state-0/personalize").glob("*.npz"))) == 1
    slow = await start(state_delay_s=60)
    await slow.call("DeleteDataset", datasetArn=dataset)

    third = await start()

    await third.gone("Datasets")
    assert list((tmp_path / "state-2/personalize").glob("*.npz")) == []


@pytest.mark.parametrize("damage", ["another format", "no database"])
def test_a_database_that_cannot_be_read_is_refused(tmp_path: Path, damage: str) -> None:
    """It stays as it is, for somebody to look at, and nothing is begun in its place."""
    path = tmp_path / DATABASE
    if damage == "no database":
        path.write_bytes(b"x" * 8_192)
    else:
        with closing(sqlite3.connect(path)) as database:
            database.execute("PRAGMA user_version = 99")
    before = path.read_bytes()
    with pytest.raises(StateError, match=f"{DATABASE} (cannot be read|has format 99)"):
        check_folder(tmp_path, lock_timeout_s=0.0)
    assert path.read_bytes() == before


def test_two_processes_cannot_share_a_folder(tmp_path: Path) -> None:
    """The second one is refused; when the first one is gone, the folder is free."""
    first = Store(tmp_path)
    first.open()
    with pytest.raises(FolderInUseError):
        Store(tmp_path).open(lock_timeout_s=0.0)
    first.close()
    second = Store(tmp_path)
    second.open()
    second.close()


async def test_a_change_is_kept_whole_or_not_at_all(tmp_path: Path) -> None:
    """What a transaction did before it failed is undone."""
    store = Store(tmp_path)
    store.open()
    with pytest.raises(RuntimeError), store.transaction():
        store.put_bulk("d", "table.npz")
        store.put_streamed("d", [Streamed("u", {"USER_ID": "u"}, "e")])
        raise RuntimeError
    assert (store.bulk(), store.streamed("d")) == ({}, [])
    store.close()


def test_a_file_whose_deletion_is_undone_stays(tmp_path: Path) -> None:
    """Also when the next change removes what was discarded."""
    database = Database(["CREATE TABLE IF NOT EXISTS t (name TEXT, file TEXT)"], ["t"], tmp_path)
    database.open()
    file = tmp_path / "a.npz"
    file.touch()
    database.change("INSERT INTO t VALUES (?, ?)", [("a", file.name)])
    with pytest.raises(RuntimeError), database.transaction():
        database.discard("t", "name", "a")
        raise RuntimeError
    database.discard("t", "name", "b")
    assert file.exists()
    database.close()


async def test_events_have_numbers_in_their_order(tmp_path: Path) -> None:
    """Whatever dataset they are of; one that is repeated has the first one's."""
    store = Store(tmp_path)
    store.open()
    first, second = Streamed("u1", {"ITEM_ID": "i1"}, "e1"), Streamed("u2", {"ITEM_ID": "i2"}, "e2")
    store.put_streamed("d", [first, second])
    store.put_streamed("d", [first])
    store.put_streamed("other", [first])
    assert store.streamed("d") == [first, second]
    assert (store.last_streamed("d"), store.last_streamed("none")) == (2, 0)
    assert store.last_streamed("other") > 2
    assert store.streamed("d", since=1) == [second]
    store.close()


async def test_files_that_nothing_refers_to_are_removed(tmp_path: Path) -> None:
    """Those of a process that was killed before it referred to them, and those that are replaced."""
    store = Store(tmp_path)
    store.open()
    old, new, leftover = (tmp_path / name for name in ("old.npz", "new.npz", "leftover.npz"))
    for path in (old, new, leftover):
        path.touch()
    store.put_bulk("d", old.name)
    store.put_training_data("v", [LearnedData("Interactions", Schema("Interactions", ()), old.name)])
    store.put_bulk("d", new.name)
    assert (old.exists(), new.exists()) == (True, True)
    store.drop_training_data("v")
    assert (old.exists(), new.exists(), leftover.exists()) == (False, True, True)
    store.close()
    again = Store(tmp_path)
    again.open()
    assert (new.exists(), leftover.exists()) == (True, False)
    again.close()


async def test_an_update_goes_on(start: Start) -> None:
    """The update of a campaign that a kill interrupts ends, and the campaign serves the new version."""
    first = await start()
    campaign = await trained(first)
    [solution] = (await first.call("ListSolutions"))["solutions"]
    dataset = (await first.call("ListDatasets"))["datasets"][0]["datasetArn"]
    await first.load(dataset, "b")
    newer = await first.made("SolutionVersion", solutionArn=solution["solutionArn"])

    slow = await start(state_delay_s=60)
    await slow.call("UpdateCampaign", campaignArn=campaign, solutionVersionArn=newer)
    assert {item[0] for item in await slow.recommended(campaign, "u1")} == {"a"}

    third = await start()
    status = ""
    while status != "ACTIVE":
        await asyncio.sleep(0.002)
        shown = (await third.call("DescribeCampaign", campaignArn=campaign))["campaign"]
        status = shown["latestCampaignUpdate"]["status"]
    assert shown["solutionVersionArn"] == newer
    assert {item[0] for item in await third.recommended(campaign, "u1")} == {"b"}


async def test_nothing_is_trained_again_after_a_kill(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """The model itself is kept: the same recommendations and metrics."""
    first = await start()
    group, dataset = await first.dataset()
    await first.load(dataset, "a")
    solution = await first.solution(group)
    version = await first.made("SolutionVersion", solutionArn=solution)
    campaign = await first.made("Campaign", name="live", solutionVersionArn=version)
    asked = {"campaignArn": campaign, "userId": "u1"}
    before = (await first.call("GetRecommendations", **asked))["itemList"]
    metrics = await first.call("GetSolutionMetrics", solutionVersionArn=version)

    def never(*_: object) -> None:
        raise AssertionError("trained twice")

    monkeypatch.setattr("understudy.personalize.trainer.train", never)
    second = await start()

    assert (await second.call("GetRecommendations", **asked))["itemList"] == before
    assert await second.call("GetSolutionMetrics", solutionVersionArn=version) == metrics


async def test_deleted_users_stay_forgotten(start: Start, s3: FakeS3) -> None:
    """Their model is another file then, and the one that knew them is gone."""
    first = await start()
    campaign = await trained(first)
    group = (await first.call("ListDatasetGroups"))["datasetGroups"][0]["datasetGroupArn"]
    s3.objects["gone.csv"] = b"USER_ID\nu1\n"
    job = await first.call(
        "CreateDataDeletionJob",
        jobName="erase",
        datasetGroupArn=group,
        roleArn=ROLE,
        dataSource={"dataLocation": "s3://data/gone.csv"},
    )
    assert (await first.finished("DataDeletionJob", job["dataDeletionJobArn"]))["numDeleted"] == 6

    second = await start()

    asked = {"campaignArn": campaign, "numResults": 5}
    answers = [
        await second.call("GetRecommendations", **asked, userId=user) for user in ("u1", "u2", "nobody")
    ]
    assert answers[0]["itemList"] == answers[2]["itemList"] != answers[1]["itemList"]
