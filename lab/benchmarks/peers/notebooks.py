"""The notebooks' pattern, on the same stand-ins for AWS: a script that goes through the file row by row.

pandas reads and filters; every product and user is put by a call, every review scored by one; Personalize has
a campaign that is asked once a customer, and so is the model. There is no resuming, no check of what the
model wrote, and nothing that keeps a rate or a budget.
"""

from email.message import EmailMessage
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import boto3
import pandas as pd

from harness.contender import Found, Work, timed
from harness.personalize import FIELDS, RECIPE, ROLE, SCHEMA, made

if TYPE_CHECKING:
    from types_boto3_bedrock_runtime.type_defs import MessageTypeDef
    from types_boto3_s3.type_defs import CreateBucketConfigurationTypeDef

PICKS = 5
MODEL = "global.anthropic.claude-haiku-5-5"
PROMPT = "Write an email to {name}, who liked {owned}, that recommends these products: {picks}."


def prepare(path: str, customers: str) -> Work:
    """Return a round: the whole script, with resources of its own."""

    def work() -> Found:
        found: Found = {"units": int(customers)}
        with timed(found):
            Script(f"notebooks-{uuid4().hex[:8]}").run(Path(path))
        return found

    return work


class Script:
    """The four notebooks, one after the other."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._s3, self._personalize = boto3.client("s3"), boto3.client("personalize")
        self._runtime, self._bedrock = boto3.client("personalize-runtime"), boto3.client("bedrock-runtime")

    def run(self, path: Path) -> None:
        """Take a file to an email a customer."""
        products = pd.read_csv(path, dtype=str, keep_default_na=False)
        reviews = products.assign(
            user_id=products["user_id"].str.split(","), user_name=products["user_name"].str.split(",")
        )
        reviews = reviews[reviews["user_id"].str.len() == reviews["user_name"].str.len()]
        reviews = reviews.explode(["user_id", "user_name"])
        users = reviews.drop_duplicates("user_id")
        self._store("products", "product_id", products[["product_id", "product_name", "category"]])
        self._store("users", "user_id", users[["user_id", "user_name"]])
        moods = self._moods(reviews)
        campaign = self._campaign(reviews, moods)
        names = dict(zip(products["product_id"], products["product_name"], strict=True))
        for user in users.itertuples():
            self._email(user, campaign, names)

    def _store(self, table: str, key: str, rows: pd.DataFrame) -> None:
        dynamodb, name = boto3.client("dynamodb"), f"{self._name}-{table}"
        dynamodb.create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
        )
        for row in rows.to_dict("records"):
            dynamodb.put_item(TableName=name, Item={field: {"S": value} for field, value in row.items()})

    def _moods(self, reviews: pd.DataFrame) -> list[str]:
        comprehend = boto3.client("comprehend")
        return [
            comprehend.detect_sentiment(Text=text[:1_000] or "-", LanguageCode="en")["Sentiment"]
            for text in reviews["review_content"]
        ]

    def _campaign(self, reviews: pd.DataFrame, moods: list[str]) -> str:
        where: CreateBucketConfigurationTypeDef = {
            "LocationConstraint": self._s3.meta.region_name  # type: ignore[typeddict-item] # any region
        }
        self._s3.create_bucket(Bucket=self._name, CreateBucketConfiguration=where)
        rows = reviews.assign(at=1_700_000_000, mood=moods)[["user_id", "product_id", "at", "mood"]]
        body = rows.to_csv(index=False, header=[*FIELDS])
        self._s3.put_object(Bucket=self._name, Key="interactions.csv", Body=body.encode())
        make = partial(made, self._personalize)
        group = make("dataset_group", name=self._name)
        schema_arn = self._personalize.create_schema(name=self._name, schema=SCHEMA)["schemaArn"]
        kept = {"schemaArn": schema_arn, "datasetGroupArn": group, "datasetType": "Interactions"}
        dataset = make("dataset", name=self._name, **kept)
        source = {"dataLocation": f"s3://{self._name}/interactions.csv"}
        make("dataset_import_job", jobName=self._name, datasetArn=dataset, dataSource=source, roleArn=ROLE)
        solution = make("solution", name=self._name, datasetGroupArn=group, recipeArn=RECIPE)
        version = make("solution_version", solutionArn=solution)
        return make("campaign", name=self._name, solutionVersionArn=version)

    def _email(self, user: Any, campaign: str, names: dict[str, str]) -> None:  # noqa: ANN401 - a row
        asked = {"campaignArn": campaign, "userId": user.user_id, "numResults": PICKS}
        items = self._runtime.get_recommendations(**asked)["itemList"]
        picks = ", ".join(names[each["itemId"]] for each in items)
        text = PROMPT.format(name=user.user_name, owned=user.product_name, picks=picks)
        message: MessageTypeDef = {"role": "user", "content": [{"text": text}]}
        reply = self._bedrock.converse(modelId=MODEL, messages=[message])
        email = EmailMessage()
        email["To"], email["Subject"] = "somebody@example.com", f"{user.user_name}, for you"
        email.set_content("".join(each.get("text", "") for each in reply["output"]["message"]["content"]))
        self._s3.put_object(Bucket=self._name, Key=f"emails/{user.user_id}.eml", Body=email.as_bytes())
