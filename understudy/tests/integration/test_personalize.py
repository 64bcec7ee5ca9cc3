"""Personalize over HTTP with the real SDK, an S3 emulator and models that are really trained."""

import json
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError

from understudy.testing import UnderstudyServer

if TYPE_CHECKING:
    from types_boto3_personalize import PersonalizeClient
    from types_boto3_personalize_runtime import PersonalizeRuntimeClient
    from types_boto3_s3 import S3Client

RECIPE = "arn:aws:personalize:::recipe/aws-user-personalization-v2"
ROLE = "arn:aws:iam::000000000000:role/personalize"
CLUSTERS, USERS, ITEMS, EVENTS_EACH = 4, 240, 25, 6
INTERACTION_FIELDS: list[dict[str, Any]] = [
    {"name": "USER_ID", "type": "string"},
    {"name": "ITEM_ID", "type": "string"},
    {"name": "TIMESTAMP", "type": "long"},
    {"name": "EVENT_TYPE", "type": "string"},
    {"name": "EVENT_VALUE", "type": ["float", "null"]},
]
ITEM_FIELDS: list[dict[str, Any]] = [
    {"name": "ITEM_ID", "type": "string"},
    {"name": "CATEGORY", "type": "string", "categorical": True},
    {"name": "DESCRIPTION", "type": ["null", "string"], "textual": True},
]


def interactions_csv() -> bytes:
    """Users of a cluster take only items of that cluster, each in a different order."""
    lines = ["USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE,EVENT_VALUE"]
    for user in range(USERS):
        for step in range(EVENTS_EACH):
            item = (user * 7 + step * 5) % ITEMS
            lines.append(f"u{user},c{user % CLUSTERS}-{item},{1_700_000_000 + step},review,5")
    return "\n".join(lines).encode()


def items_csv() -> bytes:
    """Each cluster is a category, with one item that no user has taken."""
    lines = ["ITEM_ID,CATEGORY,DESCRIPTION"]
    for cluster in range(CLUSTERS):
        lines += [
            f'c{cluster}-{item},All|Kind {cluster},"a \\"kind {cluster}\\" thing, no. {item} ✓"'
            for item in range(ITEMS + 1)
        ]
    return "\n".join(lines).encode()


def avro(name: str, fields: list[dict[str, Any]]) -> str:
    """Return an Avro schema as text."""
    namespace = "com.amazonaws.personalize.schema"
    return json.dumps(
        {"type": "record", "name": name, "namespace": namespace, "fields": fields, "version": "1.0"}
    )


@dataclass
class Harness:
    """understudy with a bucket, and the steps that clients repeat."""

    url: str
    s3: "S3Client"
    personalize: "PersonalizeClient"
    runtime: "PersonalizeRuntimeClient"
    bucket: str = field(default_factory=lambda: f"data-{uuid.uuid4().hex}")

    def put(self, key: str, body: bytes) -> str:
        """Store an object and return its S3 path."""
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=body)
        return f"s3://{self.bucket}/{key}"

    def wait(self, describe: Callable[..., Any], **arn: str) -> dict[str, Any]:
        """Return the description of a resource once its status is final."""
        while True:
            [found] = [value for key, value in describe(**arn).items() if key != "ResponseMetadata"]
            if found["status"] in {"ACTIVE", "CREATE FAILED", "CREATE STOPPED"}:
                return dict(found)
            time.sleep(0.02)

    def group(self, name: str = "shop") -> str:
        """Return the ARN of a new dataset group."""
        arn = self.personalize.create_dataset_group(name=name)["datasetGroupArn"]
        self.wait(self.personalize.describe_dataset_group, datasetGroupArn=arn)
        return arn

    def dataset(self, group: str, name: str, fields: list[dict[str, Any]]) -> str:
        """Return the ARN of a new dataset with its own schema."""
        schema_name = f"{group.rpartition('/')[2]}-{name}"
        schema = self.personalize.create_schema(name=schema_name, schema=avro(name, fields))
        arn = self.personalize.create_dataset(
            name=name, schemaArn=schema["schemaArn"], datasetGroupArn=group, datasetType=name
        )["datasetArn"]
        self.wait(self.personalize.describe_dataset, datasetArn=arn)
        return arn

    def load(self, dataset: str, path: str, *, name: str = "") -> dict[str, Any]:
        """Import a path and return the finished job."""
        job = self.personalize.create_dataset_import_job(
            jobName=name or f"import-{uuid.uuid4().hex}",
            datasetArn=dataset,
            dataSource={"dataLocation": path},
            roleArn=ROLE,
        )
        return self.wait(
            self.personalize.describe_dataset_import_job,
            datasetImportJobArn=job["datasetImportJobArn"],
        )

    def solution(self, group: str, **extra: Any) -> str:  # noqa: ANN401 - any parameter
        """Return the ARN of a new solution."""
        arn = self.personalize.create_solution(
            name="taste", datasetGroupArn=group, recipeArn=RECIPE, **extra
        )["solutionArn"]
        self.wait(self.personalize.describe_solution, solutionArn=arn)
        return arn

    def version(self, solution: str) -> dict[str, Any]:
        """Train a solution version and return it."""
        arn = self.personalize.create_solution_version(solutionArn=solution)["solutionVersionArn"]
        return self.wait(self.personalize.describe_solution_version, solutionVersionArn=arn)

    def trained(self) -> tuple[str, str]:
        """Return a dataset group with the clustered data, and a solution version trained on it."""
        group = self.group()
        interactions = self.dataset(group, "Interactions", INTERACTION_FIELDS)
        items = self.dataset(group, "Items", ITEM_FIELDS)
        self.put("interactions/part-0.csv", interactions_csv())
        loaded = [
            self.load(interactions, f"s3://{self.bucket}/interactions/"),
            self.load(items, self.put("items.csv", items_csv())),
        ]
        assert [job["status"] for job in loaded] == ["ACTIVE", "ACTIVE"]
        version = self.version(self.solution(group, performAutoTraining=False))
        assert version["status"] == "ACTIVE"
        return group, version["solutionVersionArn"]

    def batch(self, version: str, path: str, **extra: Any) -> dict[str, Any]:  # noqa: ANN401
        """Run a batch inference job into `out/` and return it when it has finished."""
        job = self.personalize.create_batch_inference_job(
            jobName=f"batch-{uuid.uuid4().hex}",
            solutionVersionArn=version,
            roleArn=ROLE,
            jobInput={"s3DataSource": {"path": path}},
            jobOutput={"s3DataDestination": {"path": f"s3://{self.bucket}/out/"}},
            **extra,
        )
        return self.wait(
            self.personalize.describe_batch_inference_job,
            batchInferenceJobArn=job["batchInferenceJobArn"],
        )

    def results(self, name: str) -> list[dict[str, Any]]:
        """Return the lines of an output file."""
        body = self.s3.get_object(Bucket=self.bucket, Key=f"out/{name}.out")["Body"].read()
        return [json.loads(line) for line in body.splitlines()]


@pytest.fixture
def harness(emulator_url: str) -> Iterator[Harness]:
    """A fresh understudy whose resources change state without delay."""
    with UnderstudyServer(s3_endpoint_url=emulator_url) as server:
        made = Harness(
            url=server.url,
            s3=boto3.client("s3", endpoint_url=emulator_url, region_name="us-east-1"),
            personalize=boto3.client("personalize", endpoint_url=server.url),
            runtime=boto3.client("personalize-runtime", endpoint_url=server.url),
        )
        made.s3.create_bucket(Bucket=made.bucket)
        yield made
        for client in (made.s3, made.personalize, made.runtime):
            client.close()


def user_lines(users: range) -> bytes:
    """Return the batch input for users."""
    return b"".join(json.dumps({"userId": f"u{user}"}).encode() + b"\n" for user in users)


def code_of(call: Callable[..., Any], **params: Any) -> str:  # noqa: ANN401 - any parameter
    """Return the error code of a call that must fail."""
    with pytest.raises(ClientError) as failure:
        call(**params)
    return failure.value.response["Error"]["Code"]


def test_batch_recommendations_follow_the_taste_of_similar_users(harness: Harness) -> None:
    """With users of four tastes, nearly every recommendation fits the user's own taste."""
    _, version = harness.trained()
    path = harness.put("in/users.json", user_lines(range(USERS)))

    job = harness.batch(version, path, numResults=10)

    assert job["status"] == "ACTIVE"
    hits = [
        item.startswith(f"c{int(line['input']['userId'][1:]) % CLUSTERS}-")
        for line in harness.results("users.json")
        for item in line["output"]["recommendedItems"]
    ]
    assert len(hits) == USERS * 10
    assert sum(hits) / len(hits) > 0.95  # chance is 0.25
    harness.s3.head_object(Bucket=harness.bucket, Key="out/_CHECK")


def test_a_folder_of_inputs_gives_one_output_per_file_and_an_error_per_bad_line(harness: Harness) -> None:
    """Each file has an `.out`, in which a line that cannot be answered has an error."""
    _, version = harness.trained()
    harness.put("in/a.json", user_lines(range(3)))
    harness.put("in/b.json", b'{"userId": "u1"}\nnot json\n{"itemId": "c1-1"}\n{"userId": "new"}\n')

    harness.batch(version, f"s3://{harness.bucket}/in/")

    assert [len(line["output"]["recommendedItems"]) for line in harness.results("a.json")] == [25] * 3
    good, bad, foreign, unknown = harness.results("b.json")
    assert good["error"] is None
    assert len(good["output"]["scores"]) == 25
    assert (bad["output"], foreign["output"]) == (None, None)
    assert bad["error"]
    assert foreign["error"]
    assert len(unknown["output"]["recommendedItems"]) == 25


def test_filters_apply_to_batches_and_requests(harness: Harness) -> None:
    """One on interactions excludes the user's own items; one on items takes a parameter."""
    group, version = harness.trained()
    seen = harness.personalize.create_filter(
        name="seen",
        datasetGroupArn=group,
        filterExpression='EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("*")',
    )["filterArn"]
    kind = harness.personalize.create_filter(
        name="kind",
        datasetGroupArn=group,
        filterExpression="INCLUDE ItemID WHERE Items.CATEGORY IN ($KIND)",
    )["filterArn"]
    for arn in (seen, kind):
        harness.wait(harness.personalize.describe_filter, filterArn=arn)
    campaign = harness.personalize.create_campaign(name="live", solutionVersionArn=version)
    arn = campaign["campaignArn"]
    harness.wait(harness.personalize.describe_campaign, campaignArn=arn)

    harness.batch(version, harness.put("in/u.json", user_lines(range(1))), filterArn=seen)
    answer = harness.runtime.get_recommendations(
        campaignArn=arn, userId="u0", filterArn=kind, filterValues={"KIND": '"Kind 2"'}
    )

    own = {f"c0-{(step * 5) % ITEMS}" for step in range(EVENTS_EACH)}
    assert own.isdisjoint(harness.results("u.json")[0]["output"]["recommendedItems"])
    assert {item["itemId"].partition("-")[0] for item in answer["itemList"]} == {"c2"}
    missing = code_of(harness.runtime.get_recommendations, campaignArn=arn, userId="u0", filterArn=kind)
    assert missing == "InvalidInputException"


def test_a_campaign_recommends_for_known_and_unknown_users(harness: Harness) -> None:
    """A known user gets scored items of their taste, an unknown one popular items."""
    _, version = harness.trained()
    arn = harness.personalize.create_campaign(name="live", solutionVersionArn=version)["campaignArn"]
    harness.wait(harness.personalize.describe_campaign, campaignArn=arn)

    known = harness.runtime.get_recommendations(campaignArn=arn, userId="u2", numResults=5)
    stranger = harness.runtime.get_recommendations(campaignArn=arn, userId="nobody")

    assert {item["itemId"].partition("-")[0] for item in known["itemList"]} == {"c2"}
    scores = [item["score"] for item in known["itemList"]]
    assert scores == sorted(scores, reverse=True)
    assert len(stranger["itemList"]) == 25
    absent = arn.replace("live", "absent")
    code = code_of(harness.runtime.get_recommendations, campaignArn=absent, userId="u2")
    assert code == "ResourceNotFoundException"


def test_metrics_are_measured_on_held_out_users(harness: Harness) -> None:
    """GetSolutionMetrics has AWS's keys, and clear tastes give scores far above chance."""
    _, version = harness.trained()

    metrics = harness.personalize.get_solution_metrics(solutionVersionArn=version)["metrics"]

    assert set(metrics) == {
        "coverage",
        "mean_reciprocal_rank_at_25",
        *(f"normalized_discounted_cumulative_gain_at_{cut}" for cut in (5, 10, 25)),
        *(f"precision_at_{cut}" for cut in (5, 10, 25)),
    }
    assert metrics["normalized_discounted_cumulative_gain_at_25"] > 0.2
    assert metrics["coverage"] == pytest.approx(1.0)


def test_a_bad_import_fails_with_the_reason_that_aws_gives(harness: Harness) -> None:
    """Missing columns, missing objects and too few rows end in CREATE FAILED."""
    dataset = harness.dataset(harness.group(), "Interactions", INTERACTION_FIELDS)
    header = harness.put("header.csv", b"USER_ID,ITEM_ID\nu,i\n")
    few = harness.put("few.csv", b"\n".join(interactions_csv().splitlines()[:10]))

    jobs = [harness.load(dataset, path) for path in (header, few, f"s3://{harness.bucket}/absent.csv")]

    assert {job["status"] for job in jobs} == {"CREATE FAILED"}
    columns, rows, access = (job["failureReason"] for job in jobs)
    missing = "[TIMESTAMP, EVENT_TYPE, EVENT_VALUE]"
    assert columns == f"Input CSV is missing the following columns:{missing}."
    assert "1000" in rows
    assert access == "Insufficient privileges for accessing data in Amazon S3."


def test_training_needs_enough_events_of_the_requested_type(harness: Harness) -> None:
    """Training on an event type without interactions fails and names the type."""
    group = harness.group()
    dataset = harness.dataset(group, "Interactions", INTERACTION_FIELDS)
    harness.load(dataset, harness.put("x.csv", interactions_csv()))
    events = {"eventParametersList": [{"eventType": "purchase", "weight": 1.0}]}

    version = harness.version(harness.solution(group, solutionConfig={"eventsConfig": events}))

    assert version["status"] == "CREATE FAILED"
    assert version["failureReason"] == (
        "Dataset has fewer than 1000 interactions after filtering by event type: purchase"
    )


def test_resources_are_deleted_only_in_order_of_dependency(harness: Harness) -> None:
    """Out of order, a deletion fails with ResourceInUseException; in order, every resource is deleted."""
    group, version = harness.trained()
    aws, solution = harness.personalize, version.rpartition("/")[0]
    campaign = aws.create_campaign(name="live", solutionVersionArn=version)["campaignArn"]
    harness.wait(aws.describe_campaign, campaignArn=campaign)
    [schema, _] = [entry["schemaArn"] for entry in aws.list_schemas()["schemas"]]

    in_use = [
        code_of(aws.delete_solution, solutionArn=solution),
        code_of(aws.delete_dataset_group, datasetGroupArn=group),
        code_of(aws.delete_schema, schemaArn=schema),
    ]

    assert set(in_use) == {"ResourceInUseException"}
    aws.delete_campaign(campaignArn=campaign)
    wait_until_gone(aws.describe_campaign, campaignArn=campaign)
    aws.delete_solution(solutionArn=solution)
    wait_until_gone(aws.describe_solution, solutionArn=solution)
    wait_until_gone(aws.describe_solution_version, solutionVersionArn=version)
    for dataset in aws.list_datasets(datasetGroupArn=group)["datasets"]:
        aws.delete_dataset(datasetArn=dataset["datasetArn"])
        wait_until_gone(aws.describe_dataset, datasetArn=dataset["datasetArn"])
    aws.delete_schema(schemaArn=schema)
    wait_until_gone(aws.describe_schema, schemaArn=schema)
    aws.delete_dataset_group(datasetGroupArn=group)
    wait_until_gone(aws.describe_dataset_group, datasetGroupArn=group)


def wait_until_gone(describe: Callable[..., Any], **arn: str) -> None:
    """Wait until a resource no longer exists."""
    code = None
    while code != "ResourceNotFoundException":
        time.sleep(0.02)
        try:
            describe(**arn)
        except ClientError as error:
            code = error.response["Error"]["Code"]


def test_invalid_requests_are_refused_with_the_code_of_aws(harness: Harness) -> None:
    """Names are unique, parents must exist, and inputs must make sense."""
    aws, group = harness.personalize, harness.group()

    assert code_of(aws.create_dataset_group, name="shop") == "ResourceAlreadyExistsException"
    assert code_of(aws.create_schema, name="s", schema="{}") == "InvalidInputException"
    solution = {"name": "s", "datasetGroupArn": group, "recipeArn": RECIPE}
    assert code_of(aws.create_solution, **solution) == "InvalidInputException"
    harness.dataset(group, "Interactions", INTERACTION_FIELDS)
    unknown = {**solution, "recipeArn": f"{RECIPE}x"}
    assert code_of(aws.create_solution, **unknown) == "ResourceNotFoundException"
    arn = harness.solution(group)
    assert code_of(aws.create_solution_version, solutionArn=arn) == "InvalidInputException"
    # A campaign takes the ARN of a version, not of a solution.
    code = code_of(aws.create_campaign, name="c", solutionVersionArn=arn)
    assert code == "ResourceNotFoundException"
    assert code_of(aws.describe_solution, solutionArn=group) == "ResourceNotFoundException"


def test_lists_come_in_pages_and_by_parent(harness: Harness) -> None:
    """Three groups take two pages of two; a list by parent has only its children."""
    aws = harness.personalize
    groups = [harness.group(f"g{number}") for number in range(3)]
    dataset = harness.dataset(groups[1], "Interactions", INTERACTION_FIELDS)

    first = aws.list_dataset_groups(maxResults=2)
    second = aws.list_dataset_groups(maxResults=2, nextToken=first["nextToken"])

    listed = [*first["datasetGroups"], *second["datasetGroups"]]
    assert [entry["datasetGroupArn"] for entry in listed] == groups
    assert "nextToken" not in second
    assert code_of(aws.list_dataset_groups, nextToken="x") == "InvalidNextTokenException"
    children = [aws.list_datasets(datasetGroupArn=group)["datasets"] for group in groups]
    assert [[entry["datasetArn"] for entry in each] for each in children] == [[], [dataset], []]
