"""Personalize as a process that is killed in every state of everything that it makes."""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from integration.test_server import free_port, wait_until_healthy
from personalize_process import serve
from personalize_world import ROLE, SCHEMAS, objects

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerProcess

    from types_boto3_s3 import S3Client

_MIDDLE_OF_WORK_S = 0.12
_FEWEST_KILLS = 20
_KILLED = (
    "dataset_import_job",
    "events",
    "solution_version",
    "campaign",
    "update",
    "batch_inference_job",
    "data_deletion_job",
)
"""What is killed in each of its states; a start takes about half a second."""
_ENDED = {"ACTIVE", "COMPLETED"}
_FAILED = {"CREATE FAILED", "FAILED"}
_RECIPE = "arn:aws:personalize:::recipe/aws-user-personalization-v2"
_BUCKET = "killed"


class KilledService:
    """A process that is killed and started again whenever some things are in a state for the first time.

    It is killed again in the middle of the work that follows the state `IN_PROGRESS`.
    """

    def __init__(self, folder: Path, s3_url: str) -> None:
        self.folder, self.log = folder, folder.with_suffix(".log")
        self.kills: Counter[tuple[str, str]] = Counter()
        self._context = get_context("forkserver")
        self._context.set_forkserver_preload([serve.__module__])
        self._port, self._s3_url = free_port(), s3_url
        url = f"http://127.0.0.1:{self._port}"
        config = Config(retries={"total_max_attempts": 1})
        self._clients = [
            boto3.client(cast("Any", name), endpoint_url=url, config=config)
            for name in ("personalize", "personalize-runtime", "personalize-events")
        ]
        self._start()

    def _start(self) -> None:
        self._process: ForkServerProcess = self._context.Process(
            target=serve, args=(self._port, self.folder, self.log, self._s3_url), daemon=True
        )
        self._process.start()
        wait_until_healthy(f"http://127.0.0.1:{self._port}")

    def kill(self) -> None:
        """End the process as a crash of the machine does."""
        self._process.kill()
        self._process.join()

    def call(self, operation: str, **params: object) -> dict[str, Any]:
        """Call an operation of whichever service has it."""
        client = next(each for each in self._clients if hasattr(each, operation))
        return dict(getattr(client, operation)(**params))

    def seen(self, noun: str, status: str) -> None:
        """Kill the process in a state that has not been seen before."""
        wanted = 2 if "IN_PROGRESS" in status else 1
        if noun in _KILLED and self.kills[noun, status] < wanted:
            if self.kills[noun, status]:
                time.sleep(_MIDDLE_OF_WORK_S)
            self.kills[noun, status] += 1
            self.kill()
            self._start()

    def made(self, noun: str, **params: object) -> str:
        """Create something, and see it through its states."""
        answer = self.call(f"create_{noun}", **params)
        [(key, arn)] = [(key, value) for key, value in answer.items() if key.endswith("Arn")]
        self.through(noun, lambda: str(self._described(noun, key, arn)["status"]))
        return str(arn)

    def through(self, noun: str, status_of: Callable[[], str]) -> None:
        """Wait for the end of what is going on, with a kill in every state."""
        while (status := status_of()) not in _ENDED:
            assert status not in _FAILED, (noun, status, self.log.read_text()[-6_000:])
            self.seen(noun, status)
            time.sleep(0.01)
        self.seen(noun, status)
        assert status_of() == status

    def deleted(self, noun: str, key: str, arn: str) -> None:
        """Delete something, and see it go."""
        self.call(f"delete_{noun}", **{key: arn})
        while True:
            try:
                status = self._described(noun, key, arn)["status"]
            except ClientError as error:
                assert error.response["Error"]["Code"] == "ResourceNotFoundException"  # noqa: PT017 - else it exists
                return
            self.seen(noun, status)
            time.sleep(0.01)

    def _described(self, noun: str, key: str, arn: str) -> dict[str, Any]:
        answer = self.call(f"describe_{noun}", **{key: arn})
        return next(value for value in answer.values() if isinstance(value, dict) and "status" in value)


@pytest.fixture
def s3(emulator_url: str) -> "S3Client":
    """A bucket with a small shop."""
    client = boto3.client("s3", endpoint_url=emulator_url, region_name="us-east-1")
    client.create_bucket(Bucket=_BUCKET)
    for key, body in objects().items():
        client.put_object(Bucket=_BUCKET, Key=key, Body=body)
    return client


@pytest.fixture
def service(tmp_path: Path, emulator_url: str) -> Iterator[KilledService]:
    """A service that is killed in every state."""
    made = KilledService(tmp_path / "state", emulator_url)
    yield made
    made.kill()


@pytest.mark.timeout(600)
def test_killed_at_every_state_nothing_is_lost_and_nothing_trained_twice(
    service: KilledService, s3: "S3Client"
) -> None:
    """Imports, trainings, jobs, updates and deletions end as they would have, each exactly once."""
    group = service.made("dataset_group", name="shop")
    schema = service.call("create_schema", name="s", schema=SCHEMAS["Interactions"])["schemaArn"]
    dataset = service.made(
        "dataset", name="d", schemaArn=schema, datasetGroupArn=group, datasetType="Interactions"
    )
    service.made(
        "dataset_import_job",
        jobName="import",
        datasetArn=dataset,
        dataSource={"dataLocation": f"s3://{_BUCKET}/interactions.csv"},
        roleArn=ROLE,
    )
    service.made("event_tracker", name="clicks", datasetGroupArn=group)
    [tracker] = service.call("list_event_trackers")["eventTrackers"]
    described = service.call("describe_event_tracker", eventTrackerArn=tracker["eventTrackerArn"])
    service.call(
        "put_events",
        trackingId=described["eventTracker"]["trackingId"],
        sessionId="s",
        userId="u1",
        eventList=[{"eventType": "click", "sentAt": 1_800_000_000, "itemId": "i1", "eventId": "e"}],
    )
    service.seen("events", "put")
    solution = service.made("solution", name="taste", datasetGroupArn=group, recipeArn=_RECIPE)
    versions = [service.made("solution_version", solutionArn=solution) for _ in range(2)]
    campaign = service.made("campaign", name="live", solutionVersionArn=versions[0])
    service.call("update_campaign", campaignArn=campaign, solutionVersionArn=versions[1])
    service.through("update", partial(_update_status, service, campaign))
    service.made(
        "batch_inference_job",
        jobName="night",
        solutionVersionArn=versions[1],
        roleArn=ROLE,
        jobInput={"s3DataSource": {"path": f"s3://{_BUCKET}/in.json"}},
        jobOutput={"s3DataDestination": {"path": f"s3://{_BUCKET}/out/"}},
    )
    answer = service.call("get_recommendations", campaignArn=campaign, userId="u1")
    service.made(
        "data_deletion_job",
        jobName="erase",
        datasetGroupArn=group,
        roleArn=ROLE,
        dataSource={"dataLocation": f"s3://{_BUCKET}/gone.csv"},
    )

    batch = json.loads(s3.get_object(Bucket=_BUCKET, Key="out/in.json.out")["Body"].read())
    assert batch["output"]["recommendedItems"] == [each["itemId"] for each in answer["itemList"]]
    forgotten = service.call("get_recommendations", campaignArn=campaign, userId="u1")["itemList"]
    assert forgotten == service.call("get_recommendations", campaignArn=campaign, userId="nobody")["itemList"]
    [job] = service.call("list_data_deletion_jobs")["dataDeletionJobs"]
    erased = service.call("describe_data_deletion_job", dataDeletionJobArn=job["dataDeletionJobArn"])
    assert erased["dataDeletionJob"]["numDeleted"] == 41
    trained = service.log.read_text().count("personalize_version_trained")
    assert (trained, len(service.call("list_solution_versions")["solutionVersions"])) == (2, 2)

    service.deleted("campaign", "campaignArn", campaign)
    service.deleted("solution", "solutionArn", solution)
    service.deleted("event_tracker", "eventTrackerArn", tracker["eventTrackerArn"])
    service.deleted("dataset", "datasetArn", dataset)
    assert list((service.folder / "personalize").glob("*.npz")) == []
    assert service.kills.total() >= _FEWEST_KILLS


def _update_status(service: KilledService, campaign: str) -> str:
    described = service.call("describe_campaign", campaignArn=campaign)["campaign"]
    return str(described["latestCampaignUpdate"]["status"])
