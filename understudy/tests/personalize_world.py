"""A small shop in Personalize, set up once, whose resources then change state no more."""

import json
import re
import time
from collections.abc import Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, cast

import boto3
from botocore.config import Config
from unit.test_personalize_service import FakeS3

from understudy.personalize import PersonalizeOptions, create_services
from understudy.testing import UnderstudyServer

RECIPE = "arn:aws:personalize:::recipe/aws-user-personalization-v2"
ROLE = "arn:aws:iam::123456789012:role/personalize"
_ENDED = {"ACTIVE", "COMPLETED", "CREATE FAILED", "FAILED"}
_CLIENTS = ("personalize", "personalize-runtime", "personalize-events")


def avro(name: str, *fields: dict[str, Any]) -> str:
    """Return a schema as text."""
    return json.dumps(
        {
            "type": "record",
            "name": name,
            "namespace": "com.amazonaws.personalize.schema",
            "fields": fields,
            "version": "1.0",
        }
    )


USER_ID, ITEM_ID = ({"name": name, "type": "string"} for name in ("USER_ID", "ITEM_ID"))
TIMESTAMP = {"name": "TIMESTAMP", "type": "long"}
SCHEMAS = {
    "Interactions": avro(
        "Interactions",
        USER_ID,
        ITEM_ID,
        TIMESTAMP,
        {"name": "EVENT_TYPE", "type": "string"},
        {"name": "EVENT_VALUE", "type": ["float", "null"]},
    ),
    "Items": avro(
        "Items",
        ITEM_ID,
        {"name": "CATEGORY", "type": "string", "categorical": True},
        {"name": "NAME", "type": ["null", "string"]},
        {"name": "TEXT", "type": ["null", "string"], "textual": True},
        {"name": "IN_STOCK", "type": ["null", "boolean"]},
    ),
    "Users": avro("Users", USER_ID, {"name": "AGE", "type": ["null", "int"]}),
}


def objects() -> dict[str, bytes]:
    """Return what is in the bucket: 60 users of 3 tastes, each with 20 interactions, and 30 items."""
    rows = [
        f"u{user},i{(user + 3 * step) % 30},{1_700_000_000 + step},click,5"
        for user in range(60)
        for step in range(20)
    ]
    words = ("oak table wood", "wool scarf warm", "steel pan kitchen")
    items = [f"i{n},kind{n % 3},thing {n},{words[n % 3]} number {n},true" for n in range(30)]
    return {
        "interactions.csv": "\n".join(["USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE,EVENT_VALUE", *rows]).encode(),
        "items.csv": "\n".join(["ITEM_ID,CATEGORY,NAME,TEXT,IN_STOCK", *items]).encode(),
        "users.csv": b"USER_ID,AGE\nu1,30\nu2,40\n",
        "gone.csv": b"USER_ID\nu1\nu2\n",
        "in.json": b'{"userId": "u1"}\n',
    }


class World:
    """Clients that check nothing themselves, and the ARNs of what there is, by name."""

    def __init__(self, url: str, arns: dict[str, str]) -> None:
        config = Config(parameter_validation=False, retries={"total_max_attempts": 1})
        self.arns = arns
        self._clients = {
            name: boto3.client(
                cast("Any", name),
                endpoint_url=url,
                config=config,
                region_name="us-east-1",
                aws_access_key_id="any",
                aws_secret_access_key="any",
            )
            for name in _CLIENTS
        }

    def call(self, operation: str, **params: Any) -> dict[str, Any]:  # noqa: ANN401 - any parameter
        """Call an operation, named as in boto3, of whichever service has it; `{name}` stands for an ARN."""
        for client in self._clients.values():
            if hasattr(client, operation):
                return dict(getattr(client, operation)(**self._filled(params)))
        raise LookupError(operation)

    def made(self, key: str, operation: str, **params: Any) -> None:  # noqa: ANN401 - any parameter
        """Create something and wait until it is active."""
        answer = self.call(operation, **params)
        [arn_key] = [name for name in answer if name.endswith("Arn")]
        self.arns[key] = answer[arn_key]
        if "trackingId" in answer:
            self.arns["tracking_id"] = answer["trackingId"]
        describe = operation.replace("create_", "describe_")
        while True:
            [found] = [
                each
                for each in self.call(describe, **{arn_key: answer[arn_key]}).values()
                if "status" in each
            ]
            if found["status"] in _ENDED:
                assert found["status"] in {"ACTIVE", "COMPLETED"}, found
                return
            time.sleep(0.005)

    def _filled(self, value: Any) -> Any:  # noqa: ANN401 - any parameter
        if isinstance(value, dict):
            return {key: self._filled(each) for key, each in value.items()}
        if isinstance(value, list):
            return [self._filled(each) for each in value]
        if isinstance(value, str):
            return re.sub(r"\{(\w+)\}", lambda found: self.arns.get(found[1], found[0]), value)
        return value

    def set_up(self) -> None:
        """Make one of everything."""
        self.made("group", "create_dataset_group", name="shop")
        self.made("empty", "create_dataset_group", name="empty")
        for name, schema in SCHEMAS.items():
            answer = self.call("create_schema", name=name, schema=schema)
            self.arns[f"{name.lower()}_schema"] = answer["schemaArn"]
            self.made(
                name.lower(),
                "create_dataset",
                name=name,
                schemaArn=answer["schemaArn"],
                datasetGroupArn="{group}",
                datasetType=name,
            )
            self.made(
                f"{name.lower()}_import",
                "create_dataset_import_job",
                jobName=name,
                datasetArn=f"{{{name.lower()}}}",
                dataSource={"dataLocation": f"s3://data/{name.lower()}.csv"},
                roleArn=ROLE,
            )
        self.made("tracker", "create_event_tracker", name="clicks", datasetGroupArn="{group}")
        self.made("solution", "create_solution", name="taste", datasetGroupArn="{group}", recipeArn=RECIPE)
        self.made("version", "create_solution_version", solutionArn="{solution}")
        self.made("campaign", "create_campaign", name="live", solutionVersionArn="{version}")
        self.made(
            "filter",
            "create_filter",
            name="kinds",
            datasetGroupArn="{group}",
            filterExpression="INCLUDE ItemID WHERE Items.CATEGORY IN ($KIND)",
        )
        self.made("batch", "create_batch_inference_job", **BATCH)
        self.made("export", "create_dataset_export_job", **EXPORT)


BATCH: dict[str, Any] = {
    "jobName": "night",
    "solutionVersionArn": "{version}",
    "roleArn": ROLE,
    "jobInput": {"s3DataSource": {"path": "s3://data/in.json"}},
    "jobOutput": {"s3DataDestination": {"path": "s3://data/out/"}},
}
EXPORT: dict[str, Any] = {
    "jobName": "export",
    "datasetArn": "{interactions}",
    "roleArn": ROLE,
    "ingestionMode": "BULK",
    "jobOutput": {"s3DataDestination": {"path": "s3://data/export/"}},
}
DELETION: dict[str, Any] = {
    "jobName": "erase",
    "datasetGroupArn": "{group}",
    "roleArn": ROLE,
    "dataSource": {"dataLocation": "s3://data/gone.csv"},
}


@contextmanager
def served(s3: FakeS3, arns: dict[str, str], options: PersonalizeOptions) -> Iterator[World]:
    """Serve Personalize, whose resources stay in each state for so long."""

    @asynccontextmanager
    async def client() -> Any:  # noqa: ANN401 - a double
        yield s3

    services = create_services(options, region="us-east-1", account_id="123456789012", s3=cast("Any", client))
    with UnderstudyServer(services) as server:
        yield World(server.url, arns)


@contextmanager
def finished_world(folder: Path, limits: dict[str, int]) -> Iterator[World]:
    """Serve a shop that a process before has set up; whatever is created in it now stays pending."""
    s3, arns = FakeS3(objects()), dict[str, str]()
    with served(s3, arns, PersonalizeOptions(state_dir=folder)) as world:
        world.set_up()
    options = PersonalizeOptions(state_dir=folder, limits=limits, state_delay_s=3_600)
    with served(s3, arns, options) as world:
        yield world
