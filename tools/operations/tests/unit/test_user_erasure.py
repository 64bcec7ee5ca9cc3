"""Users are erased from every dataset group of an environment, once, and the file that names them goes."""

from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast
from unittest.mock import AsyncMock

import pytest

from fondly.operations.cleanup.report import Report
from fondly.operations.customers import users
from fondly.operations.customers.users import UserErasure

if TYPE_CHECKING:
    from fondly.operations.customers.gone import Gone

GROUPS = [
    {"name": "shop", "datasetGroupArn": "arn:shop", "status": "ACTIVE"},
    {"name": "old", "datasetGroupArn": "arn:old", "status": "DELETE PENDING"},
]


class Personalize:
    """Keeps jobs; each ends as it is told, after a look or two."""

    def __init__(self, *ends: dict[str, Any]) -> None:
        self.jobs: list[dict[str, Any]] = []
        self.created: list[dict[str, Any]] = []
        self._ends = list(ends)

    async def list_data_deletion_jobs(self, **asked: str) -> dict[str, Any]:
        """All jobs of a group."""
        return {"dataDeletionJobs": self.jobs, "asked": asked}

    async def create_data_deletion_job(self, **job: Any) -> dict[str, str]:  # noqa: ANN401 - as its client
        """Begin a job."""
        self.created.append(job)
        return {"dataDeletionJobArn": f"arn:{job['jobName']}"}

    async def describe_data_deletion_job(self, **_: str) -> dict[str, Any]:
        """How it is."""
        return {"dataDeletionJob": self._ends.pop(0)}


class World:
    """One environment's Personalize and bucket."""

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, personalize: Personalize, *, dry_run: bool = False
    ) -> None:
        self.personalize, self.report = personalize, Report()
        self.objects: dict[str, bytes] = {}
        self.read: list[bytes] = []
        s3 = SimpleNamespace(put_object=self._put)
        self.scope: Any = SimpleNamespace(
            environment=SimpleNamespace(s3=s3),
            bucket="data",
            personalize=personalize,
            report=self.report,
            dry_run=dry_run,
            timeout_s=9.0,
        )
        for name in ("own_groups", "version_pages", "delete_versions", "pauses"):
            monkeypatch.setattr(users, name, getattr(self, f"_{name}"))

    async def erase(self, *ids: str) -> Report:
        """Erase some customers."""
        gone = cast("Gone", SimpleNamespace(customer_ids=set(ids)))
        await UserErasure(self.scope, gone, role_arn="arn:role").run()
        return self.report

    async def _put(self, **request: Any) -> None:  # noqa: ANN401 - as S3's client
        self.objects[request["Key"]] = request["Body"]
        self.read.append(request["Body"])

    async def _own_groups(self, _: object) -> list[dict[str, str]]:
        return GROUPS

    async def _version_pages(self, _: object, key: str) -> AsyncIterator[list[str]]:
        yield [key]

    async def _delete_versions(self, _: object, found: list[str], what: str) -> None:
        assert what
        for key in found:
            self.objects.pop(key, None)

    async def _pauses(self, timeout_s: float) -> AsyncIterator[None]:
        assert timeout_s == 9.0
        for _ in range(3):
            yield


def rows(report: Report) -> dict[str, tuple[int, int, bool]]:
    """What was deleted, left, and whether another try may delete more, by kind."""
    return {row.what: (row.deleted, row.left, row.failed) for row in report.rows}


async def test_a_job_names_the_users_in_a_file_that_goes_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only active groups have one; what AWS says that it has deleted is reported."""
    personalize = Personalize({"status": "IN_PROGRESS"}, {"status": "COMPLETED", "numDeleted": 7})
    world = World(monkeypatch, personalize)
    found = rows(await world.erase("b", 'a,"1"', "a,1"))
    [job] = personalize.created
    assert job["datasetGroupArn"] == "arn:shop"
    assert job["roleArn"] == "arn:role"
    assert job["jobName"].endswith("-1")
    assert job["dataSource"]["dataLocation"].startswith("s3://data/")
    assert world.read == [b'USER_ID\n"a,1"\nb\n']  # an id with a quote names nobody in Personalize
    assert world.objects == {}
    assert found == {"records in Personalize": (7, 0, False), "models in Personalize": (0, 1, False)}


async def test_a_job_that_is_under_way_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever was killed runs the command again; a job that has ended is followed by another."""
    personalize = Personalize(
        {"status": "COMPLETED", "numDeleted": 1}, {"status": "COMPLETED", "numDeleted": 0}
    )
    world = World(monkeypatch, personalize)
    await world.erase("a")
    name = personalize.created[0]["jobName"]
    personalize.jobs = [
        {"jobName": "erase-others-1", "status": "IN_PROGRESS", "dataDeletionJobArn": "arn:others"},
        {"jobName": name, "status": "IN_PROGRESS", "dataDeletionJobArn": "arn:mine"},
    ]
    await world.erase("a")
    assert len(personalize.created) == 1
    assert len(world.read) == 2  # the job under way may not have read it yet


async def test_a_job_after_one_that_has_ended_has_another_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two jobs of the same name AWS refuses the second; other customers' have others."""
    personalize = Personalize(*[{"status": "COMPLETED", "numDeleted": 0}] * 3)
    world = World(monkeypatch, personalize)
    await world.erase("a")
    first = personalize.created[0]["jobName"]
    personalize.jobs = [{"jobName": first, "status": "FAILED", "dataDeletionJobArn": "arn:x"}]
    await world.erase("a")
    await world.erase("b")
    names = [job["jobName"] for job in personalize.created]
    assert names[1] == first.removesuffix("1") + "2"
    assert names[2].partition("-")[2][:12] != first.partition("-")[2][:12]


@pytest.mark.parametrize(
    ("end", "why"),
    [
        ({"status": "FAILED", "failureReason": "no access"}, "no access: run the command again"),
        ({"status": "FAILED"}, "FAILED: run the command again"),
        ({"status": "IN_PROGRESS"}, "the deletion job is still IN_PROGRESS: run the command again"),
    ],
)
async def test_what_is_not_erased_is_a_failure_and_the_file_goes_all_the_same(
    monkeypatch: pytest.MonkeyPatch, end: dict[str, Any], why: str
) -> None:
    """It names people."""
    world = World(monkeypatch, Personalize(*[end] * 3))
    report = await world.erase("a")
    assert report.failed
    assert why in {row.why for row in report.rows}
    assert world.objects == {}


async def test_a_dry_run_begins_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor does one of nobody."""
    personalize = Personalize()
    world = World(monkeypatch, personalize, dry_run=True)
    found = rows(await world.erase("a", "b"))
    assert found["records in Personalize of the users in shop"] == (2, 0, False)
    assert (personalize.created, world.read) == ([], [])
    nobody = World(monkeypatch, personalize)
    assert (await nobody.erase('"', "\\")).rows == []


async def test_without_an_active_group_there_is_nothing_to_report(monkeypatch: pytest.MonkeyPatch) -> None:
    """No model is left behind where there is none."""
    world = World(monkeypatch, Personalize())
    monkeypatch.setattr(users, "own_groups", AsyncMock(return_value=GROUPS[1:]))
    assert (await world.erase("a")).rows == []
