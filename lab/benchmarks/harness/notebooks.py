"""The original notebooks' calls to AWS: one per row or customer, one after the other."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import boto3

from harness.regulars import Shop

if TYPE_CHECKING:
    from types_boto3_personalize import PersonalizeClient

MODEL = "anthropic.claude-haiku-5-5"
RECIPE = "arn:aws:personalize:::recipe/aws-user-personalization-v2"
ROLE = "arn:aws:iam::000000000000:role/fondly-personalize"
SCHEMA = """{"type": "record", "name": "Interactions", "namespace": "com.amazonaws.personalize.schema",
"fields": [{"name": "USER_ID", "type": "string"}, {"name": "ITEM_ID", "type": "string"},
{"name": "TIMESTAMP", "type": "long"}, {"name": "EVENT_TYPE", "type": "string"}], "version": "1.0"}"""
FIRST_TIMESTAMP = 1_700_000_000
RECOMMENDED = 5
MAX_TOKENS = 1_200
DETECT_MAX_BYTES = 5_000


@dataclass
class Notebooks:
    """One run of the notebooks, with the seconds of each step."""

    shop: Shop
    bucket: str
    tables: dict[str, str]
    poll_interval_s: float
    seconds: dict[str, float] = field(default_factory=dict)
    emails: int = 0

    def run(self) -> None:
        """Run all steps."""
        with self._timed("store"):
            self._store()
        with self._timed("sentiment"):
            self._detect_sentiment()
        with self._timed("personalize"):
            campaign = self._train()
        with self._timed("recommend"):
            recommended = self._recommend(campaign)
        with self._timed("write"):
            self._write(recommended)

    @contextmanager
    def _timed(self, step: str) -> Iterator[None]:
        began = time.monotonic()
        yield
        self.seconds[step] = time.monotonic() - began

    def _store(self) -> None:
        """Store every product row, customer and review."""
        dynamodb = boto3.client("dynamodb")
        for row in self.shop.rows:
            item = {name: {"S": value} for name, value in row.items() if value}
            dynamodb.put_item(TableName=self.tables["products"], Item=item)
        for customer in self.shop.customers:
            dynamodb.put_item(TableName=self.tables["customers"], Item={"customer_id": {"S": customer}})
        for review in self.shop.reviews.values():
            item = {name: {"S": value} for name, value in review._asdict().items() if value}
            dynamodb.put_item(TableName=self.tables["reviews"], Item=item)

    def _detect_sentiment(self) -> None:
        comprehend = boto3.client("comprehend")
        for review in self.shop.reviews.values():
            text = review.text.encode()[:DETECT_MAX_BYTES].decode(errors="ignore")
            comprehend.detect_sentiment(Text=text or "-", LanguageCode="en")

    def _train(self) -> str:
        """Import the interactions, train, deploy a campaign, and return its ARN."""
        personalize = boto3.client("personalize")
        group = self._made(personalize, "dataset_group", name="notebooks")
        schema = personalize.create_schema(name="notebooks", schema=SCHEMA)["schemaArn"]
        dataset = self._made(
            personalize,
            "dataset",
            name="notebooks",
            datasetGroupArn=group,
            datasetType="Interactions",
            schemaArn=schema,
        )
        self._made(
            personalize,
            "dataset_import_job",
            jobName="notebooks",
            datasetArn=dataset,
            dataSource={"dataLocation": self._upload_interactions()},
            roleArn=ROLE,
        )
        solution = self._made(
            personalize,
            "solution",
            name="notebooks",
            datasetGroupArn=group,
            recipeArn=RECIPE,
            performAutoTraining=False,
        )
        version = self._made(personalize, "solution_version", solutionArn=solution)
        return self._made(personalize, "campaign", name="notebooks", solutionVersionArn=version)

    def _upload_interactions(self) -> str:
        pairs = dict.fromkeys((row.customer_id, row.product_id) for row in self.shop.review_rows)
        lines = ["USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE"]
        lines += [f"{user},{item},{FIRST_TIMESTAMP + n},review" for n, (user, item) in enumerate(pairs)]
        boto3.client("s3").put_object(
            Bucket=self.bucket, Key="notebooks/interactions.csv", Body="\n".join(lines).encode()
        )
        return f"s3://{self.bucket}/notebooks/interactions.csv"

    def _made(self, personalize: "PersonalizeClient", noun: str, **request: Any) -> str:  # noqa: ANN401 - any shape
        """Create a resource, poll until it is active, and return its ARN."""
        create: Callable[..., dict[str, Any]] = getattr(personalize, f"create_{noun}")
        describe: Callable[..., dict[str, Any]] = getattr(personalize, f"describe_{noun}")
        member, arn = next((name, arn) for name, arn in create(**request).items() if name.endswith("Arn"))
        while True:
            found = describe(**{member: arn})[member.removesuffix("Arn")]
            if found["status"] == "ACTIVE":
                return str(arn)
            if found["status"].endswith("FAILED"):
                raise RuntimeError(f"{noun}: {found.get('failureReason', found['status'])}")
            time.sleep(self.poll_interval_s)

    def _recommend(self, campaign: str) -> dict[str, list[str]]:
        runtime = boto3.client("personalize-runtime")
        return {
            customer: [
                item["itemId"]
                for item in runtime.get_recommendations(
                    campaignArn=campaign, userId=customer, numResults=RECOMMENDED
                )["itemList"]
            ]
            for customer in self.shop.customers
        }

    def _write(self, recommended: dict[str, list[str]]) -> None:
        bedrock = boto3.client("bedrock-runtime")
        names = {row["product_id"]: row["product_name"] for row in self.shop.rows}
        for customer, items in recommended.items():
            products = "\n".join(names.get(item, item) for item in items)
            prompt = f"Write an email to customer {customer} that recommends these products:\n{products}"
            bedrock.converse(
                modelId=MODEL,
                messages=[{"role": "user", "content": [{"text": prompt}]}],
                inferenceConfig={"maxTokens": MAX_TOKENS},
            )
            self.emails += 1
