"""Makes campaigns in understudy's Personalize."""

import json
import time
from typing import Any

import boto3

from fondly.operations.verification import Account

ROLE = "arn:aws:iam::000000000000:role/job"
FIELDS = {"USER_ID": "string", "ITEM_ID": "string", "TIMESTAMP": "long"}
SCHEMA = {
    "type": "record",
    "name": "Interactions",
    "namespace": "com.amazonaws.personalize.schema",
    "fields": [{"name": name, "type": kind} for name, kind in FIELDS.items()],
    "version": "1.0",
}
ROWS = "\n".join([",".join(FIELDS), *(f"u{n % 200},i{n * 7 % 30},{n}" for n in range(1_200))])
STATES = {"ACTIVE", "CREATE FAILED"}


def made(client: Any, kind: str, **request: Any) -> str:  # noqa: ANN401 - any request
    """Create something in Personalize, and return its ARN once it is as it stays."""
    reply = getattr(client, f"create_{kind}")(**request)
    arn = next(each for each in reply if each.endswith("Arn"))
    for _ in range(500):
        described = getattr(client, f"describe_{kind}")(**{arn: reply[arn]})[arn.removesuffix("Arn")]
        if described.get("status", "ACTIVE") in STATES:
            return str(reply[arn])
        time.sleep(0.02)
    raise AssertionError(f"{kind} is not active")


def campaign(account: Account, *, name: str, tps: int) -> None:
    """Train on a few interactions, and make a campaign."""
    client = account.personalize
    group = made(client, "dataset_group", name=account.environment)
    schema = client.create_schema(name="s", schema=json.dumps(SCHEMA))["schemaArn"]
    dataset = made(
        client,
        "dataset",
        name="d",
        datasetGroupArn=group,
        datasetType="Interactions",
        schemaArn=schema,
    )
    bucket = account.named("data")
    boto3.client("s3").put_object(Bucket=bucket, Key="runs/x/personalize/i.csv", Body=ROWS.encode())
    made(
        client,
        "dataset_import_job",
        jobName="i",
        datasetArn=dataset,
        roleArn=ROLE,
        dataSource={"dataLocation": f"s3://{bucket}/runs/x/personalize/i.csv"},
    )
    recipe = "arn:aws:personalize:::recipe/aws-user-personalization-v2"
    solution = made(client, "solution", name="x", datasetGroupArn=group, recipeArn=recipe)
    version = made(client, "solution_version", solutionArn=solution)
    made(client, "campaign", name=name, solutionVersionArn=version, minProvisionedTPS=tps)
