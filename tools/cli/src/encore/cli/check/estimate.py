"""What a run would take of AWS: calls, hours at the quotas of a new account, dollars at list prices.

Everything that is counted in the files is exact. What depends on what the model answers is reckoned from two
measured runs, the sample and the Kaggle file: see the constants.
"""

from collections.abc import Mapping
from decimal import Decimal

from pydantic import BaseModel

from encore.contracts.ingest_report import IngestReport
from encore.runtime.runs.pricing import cost_usd

TEXTS_PER_CALL = 25
SENTIMENT_CALLS_PER_S = 10
"""Amazon Comprehend's default quota of BatchDetectSentiment."""
CONVERSE_CALLS_PER_MIN = 200
"""The mailer's default; a new account's quota may be as low as 100."""
TRAINING_H = 1.5
"""Amazon Personalize takes 40 to 90 minutes to train on a small data set, and imports before that."""
INTERACTION_BYTES, CUSTOMER_BYTES, PRODUCT_BYTES = 60, 60, 350
"""What a row of Personalize's files takes."""
PROMPTS_PER_CUSTOMER = Decimal("0.97")
"""Customers with equal facts share a prompt: .96 on the Kaggle file, .98 on the sample."""
FEATURE_PROMPTS_PER_PRODUCT = Decimal("0.75")
"""Only products that are picked are described: .79 and .70."""
TOKENS_PER_COPY_PROMPT: Mapping[str, int] = {"cache_read_tokens": 10_270}
TOKENS_PER_PROMPT: Mapping[str, int] = {"input_tokens": 490, "output_tokens": 470}
PER_CUSTOMER: Mapping[str, Decimal] = {
    "dynamodb.writes": Decimal(19),
    "dynamodb.reads": Decimal("3.2"),
    "s3.puts": Decimal("2.1"),
    "sns.publishes": Decimal("0.12"),
    "sqs.requests": Decimal("0.05"),
}


class Estimate(BaseModel):
    """What a run would take if nothing of it had been paid for before."""

    emails: int
    calls: dict[str, int]
    hours: dict[str, float]
    """By service, one after the other."""
    total_hours: float
    cost_usd: dict[str, Decimal]
    """By service, and the `total`."""


def estimate(report: IngestReport, *, texts: int, text_units: int, trains: bool, model_id: str) -> Estimate:
    """Reckon with `texts` distinct texts of `text_units` units; without training nothing is ranked."""
    counts = report.counts
    emails = counts.get("customers", 0) - sum(report.exclusions.values())
    if not emails:
        return Estimate(emails=0, calls={}, hours={}, total_hours=0, cost_usd=cost_usd({}))
    prompts = round(emails * PROMPTS_PER_CUSTOMER)
    described = round(counts.get("products", 0) * FEATURE_PROMPTS_PER_PRODUCT)
    calls = {
        "comprehend": -(-texts // TEXTS_PER_CALL),
        "bedrock": prompts + described,
    }
    hours = {
        "comprehend": calls["comprehend"] / SENTIMENT_CALLS_PER_S / 3600,
        "personalize": TRAINING_H if trains else 0.0,
        "bedrock": calls["bedrock"] / CONVERSE_CALLS_PER_MIN / 60,
    }
    units = {
        "comprehend.units": Decimal(text_units),
        **(_personalize(counts, emails) if trains else {}),
        **_bedrock(prompts, described, model_id),
        **{unit: amount * emails for unit, amount in PER_CUSTOMER.items()},
    }
    return Estimate(
        emails=emails, calls=calls, hours=hours, total_hours=sum(hours.values()), cost_usd=cost_usd(units)
    )


def _personalize(counts: Mapping[str, int], emails: int) -> dict[str, Decimal]:
    interactions = counts.get("interactions", 0)
    ingested = (
        interactions * INTERACTION_BYTES
        + counts.get("customers", 0) * CUSTOMER_BYTES
        + counts.get("products", 0) * PRODUCT_BYTES
    )
    return {
        "personalize.ingested_bytes": Decimal(ingested),
        "personalize.trained_interactions": Decimal(interactions),
        "personalize.recommendations": Decimal(emails),
    }


def _bedrock(prompts: int, described: int, model_id: str) -> dict[str, Decimal]:
    copy = {name: tokens * prompts for name, tokens in TOKENS_PER_COPY_PROMPT.items()}
    both = {name: tokens * (prompts + described) for name, tokens in TOKENS_PER_PROMPT.items()}
    return {f"bedrock.{name}.{model_id}": Decimal(tokens) for name, tokens in {**copy, **both}.items()}
