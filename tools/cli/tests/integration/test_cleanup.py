"""`fondly cleanup` on an emulator and understudy."""

import logging
import time
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
import structlog

from fondly.contracts.events import RecommenderPoll, new_event
from fondly.operations.cleanup.infrastructure import OwnNames
from fondly.operations.topology import MADE_BY
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.run import StageName
from fondly.stack.provision import Resources
from tests.support.runs import RUN
from tools.cli.tests.conftest import Fondly, InLedger
from tools.cli.tests.interactions import SCHEMA
from tools.cli.tests.killing import KillAfter, Killed, killing, rows
from understudy.testing import UnderstudyServer

OTHER = "run-fedcba9876543210"
ROLE = "arn:aws:iam::000000000000:role/job"
INTERACTIONS = "\n".join(
    ["USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE", *(f"u{n % 200},i{n * 7 % 30},{n},read" for n in range(1_200))]
)
LISTS = {
    "list_campaigns": "campaigns",
    "list_filters": "Filters",
    "list_event_trackers": "eventTrackers",
    "list_batch_inference_jobs": "batchInferenceJobs",
    "list_solution_versions": "solutionVersions",
    "list_solutions": "solutions",
    "list_dataset_import_jobs": "datasetImportJobs",
    "list_datasets": "datasets",
    "list_schemas": "schemas",
    "list_dataset_groups": "datasetGroups",
}
MUTATING = ("Delete", "Abort", "Stop", "Purge", "BatchWrite", "Unsubscribe", "Update")


class Made:
    """An environment with something of everything that the system makes."""

    def __init__(self, resources: Resources, environment: str, in_ledger: InLedger) -> None:
        self.environment, self.resources = environment, resources
        self.s3: Any = boto3.client("s3")
        self.sqs: Any = boto3.client("sqs")
        self.dynamodb: Any = boto3.client("dynamodb")
        self.personalize: Any = boto3.client("personalize")
        self.bucket = resources.buckets["data"]
        self.in_ledger = in_ledger

    def runs(self, *run_ids: str) -> None:
        """Open runs, with objects in two versions, a deleted one and items."""

        async def opened(ledger: Ledger) -> None:
            for run_id in run_ids:
                await ledger.open_run(run_id, source=f"s3://{self.bucket}/uploads/{run_id}.csv")

        self.in_ledger(opened)
        for run_id in run_ids:
            for _ in range(2):
                self.s3.put_object(Bucket=self.bucket, Key=f"runs/{run_id}/products.jsonl", Body=b"{}")
            self.s3.delete_object(Bucket=self.bucket, Key=f"runs/{run_id}/products.jsonl")
            self.s3.create_multipart_upload(Bucket=self.bucket, Key=f"runs/{run_id}/rejects.jsonl")
            self.item("emails", run_id=run_id, customer_id="c1")
            self.item("recommendations", customer_id="c1", run_id=run_id)
            self.item("customers", customer_id=f"c-{run_id}", run_id=run_id)
            self.item("histories", customer_id=f"c-{run_id}", run_id=run_id)
            for outcome in ("sent", "in_doubt", "refused", "suppressed"):
                self.item("dispatches", run_id=run_id, customer_id=outcome, outcome=outcome)
            self.item("dispatches", run_id=f"{run_id}#sample-1", customer_id="c1", outcome="refused")
            self.item("runs", run_id=run_id, item="delivery", status="approved")
            self.item("runs", run_id=f"source#{run_id}", item="latest", latest_run_id=run_id)
            poll = new_event(RecommenderPoll(attempt=1), run_id=run_id, source=StageName.RECOMMENDER).body
            urls = self.resources
            for url in (urls.queue_urls["recommender"], urls.dead_letter_urls["recommender"]):
                self.sqs.send_message(QueueUrl=url, MessageBody=poll)

    def item(self, table: str, **attributes: str) -> None:
        """Put an item of strings."""
        item = {name: {"S": value} for name, value in attributes.items()}
        self.dynamodb.put_item(TableName=self.resources.tables[table], Item=item)

    def items(self, table: str) -> list[dict[str, str]]:
        """The items of a table, as far as they are strings."""
        found = self.dynamodb.scan(TableName=self.resources.tables[table])["Items"]
        return [{name: str(value["S"]) for name, value in each.items() if "S" in value} for each in found]

    def solutions(self, *run_ids: str) -> None:
        """Make the environment's dataset group, and a solution and an import for each run."""
        tags = [
            {"tagKey": "project", "tagValue": "fondly"},
            {"tagKey": "stack", "tagValue": self.environment},
        ]
        group = self.active("dataset_group", name="shop", tags=tags)
        schema = self.personalize.create_schema(name="shop-interactions-0123456789", schema=SCHEMA)
        dataset = self.active(
            "dataset",
            name="d",
            datasetGroupArn=group,
            datasetType="Interactions",
            schemaArn=schema["schemaArn"],
        )
        self.active("filter", name="f", datasetGroupArn=group, filterExpression=FILTER)
        self.active("event_tracker", name="t", datasetGroupArn=group)
        self.s3.put_object(Bucket=self.bucket, Key="runs/x/i.csv", Body=INTERACTIONS.encode())
        for run_id in run_ids:
            self.personalize.create_solution(
                name=f"shop-{run_id}",
                datasetGroupArn=group,
                tags=[*tags, {"tagKey": "run", "tagValue": run_id}],
                recipeArn="arn:aws:personalize:::recipe/aws-user-personalization-v2",
            )
            self.active(
                "dataset_import_job",
                jobName=f"{run_id}-interactions",
                datasetArn=dataset,
                roleArn=ROLE,
                dataSource={"dataLocation": f"s3://{self.bucket}/runs/x/i.csv"},
            )

    def trained(self) -> None:
        """Train a version, with a campaign, a batch job and another training that is not done."""
        self.solutions(RUN)
        [solution] = self.personalize.list_solutions()["solutions"]
        version = self.active("solution_version", solutionArn=solution["solutionArn"])
        self.active("campaign", name="live", solutionVersionArn=version)
        self.s3.put_object(Bucket=self.bucket, Key="runs/x/b.json", Body=b'{"userId": "u1"}')
        self.personalize.create_batch_inference_job(
            jobName=RUN,
            solutionVersionArn=version,
            roleArn=ROLE,
            jobInput={"s3DataSource": {"path": f"s3://{self.bucket}/runs/x/b.json"}},
            jobOutput={"s3DataDestination": {"path": f"s3://{self.bucket}/runs/x/out/"}},
        )
        self.personalize.create_solution_version(solutionArn=solution["solutionArn"])

    def active(self, kind: str, **request: Any) -> str:  # noqa: ANN401 - any parameter
        """Create a resource and return its ARN once it is active."""
        reply = getattr(self.personalize, f"create_{kind}")(**request)
        name = next(each for each in reply if each.endswith("Arn"))
        for _ in range(500):
            described = getattr(self.personalize, f"describe_{kind}")(**{name: reply[name]})
            if described[name.removesuffix("Arn")]["status"] == "ACTIVE":
                return str(reply[name])
            time.sleep(0.01)
        raise AssertionError(f"{kind} is not active")

    def in_personalize(self) -> dict[str, int]:
        """How much there is of each kind."""
        counts = {each: len(getattr(self.personalize, each)()[member]) for each, member in LISTS.items()}
        return {each: count for each, count in counts.items() if count}

    def infrastructure(self) -> list[str]:
        """Everything in the emulator that has the environment's name; other tests' may fill whole pages."""
        sns = boto3.client("sns")
        subscriptions = listed(sns, "list_subscriptions", "Subscriptions")
        names = [
            *listed(self.sqs, "list_queues", "QueueUrls", QueueNamePrefix=self.environment),
            *(each["TopicArn"] for each in listed(sns, "list_topics", "Topics")),
            *(each["SubscriptionArn"] for each in subscriptions),
            *listed(self.dynamodb, "list_tables", "TableNames"),
            *(each["Name"] for each in listed(self.s3, "list_buckets", "Buckets")),
        ]
        return [name for name in names if f"{self.environment}-" in name]

    def objects(self) -> list[str]:
        """The keys of all versions, delete markers and incomplete uploads."""
        versions = self.s3.list_object_versions(Bucket=self.bucket)
        uploads = self.s3.list_multipart_uploads(Bucket=self.bucket).get("Uploads", [])
        found = [*versions.get("Versions", []), *versions.get("DeleteMarkers", []), *uploads]
        return [each["Key"] for each in found]

    def messages(self) -> int:
        """How many messages wait, dead letters included."""
        return sum(
            int(
                self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])[
                    "Attributes"
                ]["ApproximateNumberOfMessages"]
            )
            for url in (*self.resources.queue_urls.values(), *self.resources.dead_letter_urls.values())
        )


def listed(client: Any, operation: str, member: str, **request: str) -> list[Any]:  # noqa: ANN401 - any client
    """What an operation lists, all pages of it."""
    pages = client.get_paginator(operation).paginate(**request)
    return [each for page in pages for each in page.get(member, [])]


FILTER = 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("*")'


@pytest.fixture
def made(
    resources: Resources,
    environment: str,
    emulator_url: str,
    in_ledger: InLedger,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Made]:
    """An environment without runs, whose AI services are an understudy of its own, which logs nothing."""
    quiet = structlog.make_filtering_bound_logger(logging.CRITICAL)
    structlog.configure(wrapper_class=quiet)
    with UnderstudyServer(s3_endpoint_url=emulator_url) as server:
        for service in ("PERSONALIZE", "COMPREHEND", "BEDROCK"):
            monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service}", server.url)
        yield Made(resources, environment, in_ledger)
    structlog.reset_defaults()


@pytest.fixture
def kill_after(monkeypatch: pytest.MonkeyPatch) -> KillAfter:
    """Kill the next command after so many calls that change something."""
    return killing(monkeypatch, *MUTATING)


def test_a_clean_up_leaves_nothing_however_often_it_is_killed(
    fondly: Fondly, made: Made, kill_after: KillAfter
) -> None:
    """Killed again and again, it is run again and ends as if it had never been."""
    made.runs(RUN, OTHER)
    made.trained()
    boto3.client("sqs").create_queue(QueueName=f"{made.environment}-tail-0123")
    boto3.client("sns").create_topic(Name=f"{made.environment}-of-an-older-topology")
    killed = 0
    for calls in (2, 4, 6, 8, 10):
        kill_after(calls)
        with pytest.raises(Killed):
            fondly("cleanup", "--all", "--yes", "--json")
        killed += 1
    kill_after(10_000)
    answer = fondly("cleanup", "--all", "--yes", "--json")
    assert (killed, answer.code) == (5, 0), answer.err
    assert (made.in_personalize(), made.infrastructure()) == ({}, [])
    again = fondly("cleanup", "--all", "--yes")
    assert (again.code, again.err.splitlines()[-1]) == (0, "there is nothing to delete")


def test_a_dry_run_says_what_a_clean_up_deletes_and_changes_nothing(fondly: Fondly, made: Made) -> None:
    """The numbers are the same, kind by kind."""
    made.runs(RUN)
    made.solutions(RUN)
    before = (made.in_personalize(), made.infrastructure(), made.objects(), made.messages())
    planned = fondly("cleanup", "--all", "--dry-run", "--json")
    assert planned.code == 0
    assert (made.in_personalize(), made.infrastructure(), made.objects(), made.messages()) == before
    done = fondly("cleanup", "--all", "--yes", "--json")
    expected = rows(planned.json)
    assert {what: found for what, found in rows(done.json).items() if what in expected} == expected
    assert made.infrastructure() == []


def test_what_terraform_made_is_emptied_and_left_to_it(fondly: Fondly, made: Made) -> None:
    """The answer says so; only what a killed command left behind goes."""
    made.runs(RUN)
    made.solutions(RUN)
    table = made.dynamodb.describe_table(TableName=made.resources.tables["runs"])["Table"]["TableArn"]
    made.dynamodb.untag_resource(ResourceArn=table, TagKeys=[MADE_BY])
    stack = [{"Key": "stack", "Value": made.environment}]
    made.dynamodb.tag_resource(ResourceArn=table, Tags=stack)
    before = made.infrastructure()
    made.sqs.create_queue(QueueName=f"{made.environment}-tail-0123")
    answer = fondly("cleanup", "--all", "--yes", "--json")
    assert answer.code == 0, answer.err
    assert made.infrastructure() == before
    assert (made.in_personalize(), made.objects(), made.messages()) == ({}, [], 0)
    assert [made.items(name) for name in made.resources.tables] == [[]] * len(made.resources.tables)
    why = {row["what"]: row["why"] for row in answer.json if row["left"]}
    assert set(why) == {"queues", "topics", "tables", "buckets"}
    assert all("terraform destroy" in each for each in why.values())


def test_a_run_takes_along_what_it_made_and_nothing_else(fondly: Fondly, made: Made) -> None:
    """What all runs share stays, and so does the other run."""
    made.runs(RUN, OTHER)
    made.solutions(RUN, OTHER)
    made.item("answers", text_key="k", payer=f"{RUN}/part-00001")
    answer = fondly("cleanup", "--run", RUN, "--yes", "--json")
    assert answer.code == 0, answer.err
    left = made.in_personalize()
    kinds = (
        "list_solutions",
        "list_dataset_groups",
        "list_datasets",
        "list_schemas",
        "list_filters",
    )
    assert {left[each] for each in kinds} == {1}
    assert {key.split("/")[1] for key in made.objects()} == {OTHER, "x"}
    for name in ("runs", "emails", "recommendations", "customers"):
        assert made.items(name)
        assert not [item for item in made.items(name) if RUN in item.values()], name
    assert len(made.items("answers")) == 1
    assert len(made.items("histories")) == 2
    assert rows(answer.json)["items of histories"] == (0, 1)
    assert rows(answer.json)["items of dispatches"] == (3, 2)
    kept = {each["customer_id"] for each in made.items("dispatches") if each["run_id"] == RUN}
    assert kept == {"sent", "in_doubt"}, "the same run made again mails nobody twice"
    assert rows(answer.json)["dead letters"] == (1, 0)
    assert rows(answer.json)["import jobs in Personalize"] == (0, 1)


def test_nothing_is_deleted_without_the_right_answer(fondly: Fondly, made: Made) -> None:
    """The name has to be typed; who is asked learns of the runs that would be ended."""
    made.runs(RUN)
    refused = fondly("cleanup", "--all", answer="y\n")
    assert (refused.code, refused.err.splitlines()[-1].endswith("nothing deleted")) == (1, True)
    assert "1 open runs will be ended" in refused.err
    assert len(made.infrastructure()) > 20
    assert fondly("cleanup", "--all", answer=f"{made.environment}\n").code == 0
    assert made.infrastructure() == []


@pytest.mark.parametrize("words", [(), ("--all", "--run", RUN)])
def test_it_is_said_what_to_delete(fondly: Fondly, words: tuple[str, ...]) -> None:
    """Neither of the two is the default."""
    assert fondly("cleanup", *words).code == 2


def test_an_understudy_that_does_not_answer_is_named(
    fondly: Fondly, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rest is deleted all the same; the ledger's table stays, so that the next try finds its way."""
    made.runs(RUN)
    monkeypatch.setenv("AWS_ENDPOINT_URL_PERSONALIZE", "http://127.0.0.1:1")
    answer = fondly("cleanup", "--all", "--yes", "--json")
    assert answer.code == 1
    assert {row["what"] for row in answer.json if row["failed"]} == {"Personalize"}
    assert made.resources.tables["runs"] in made.infrastructure()


def test_a_longer_name_is_another_environment() -> None:
    """`fondly-dev` begins as `fondly` does; its ledger's table gives it away."""

    class Scope:
        environment = type("", (), {"named": staticmethod(lambda name: f"fondly-{name}")})

    names = OwnNames(Scope(), ["fondly-runs", "fondly-dev-runs"])  # type: ignore[arg-type] # all that it needs
    assert names.ours(["fondly-old", "fondly-dev-old", "fondlyd-old"]) == ["fondly-old"]
