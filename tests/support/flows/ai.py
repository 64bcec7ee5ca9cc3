"""Bedrock and Comprehend answer calls."""

from collections.abc import Iterator

from tests.support.configurations import GUARDRAIL, MODEL, PROFILE
from tests.support.flows.steps import Flow, role, steps
from tests.support.hcl.aws import arn

REGIONS_OF_PROFILE = ("eu-west-1", "eu-central-1", "eu-north-1", "eu-south-1", "eu-west-3")
PROFILE_ARN = arn("bedrock", f"inference-profile/{PROFILE}")
MODEL_ARNS = tuple(
    arn("bedrock", f"foundation-model/{MODEL}", region=region, account="")
    for region in (*REGIONS_OF_PROFILE, "")
)
"""The profile's model in every region that it routes to; without a region, as global profiles ask for it."""


def flows() -> Iterator[Flow]:
    """Yield calls of both."""
    mailer, sentiment = role("mailer-task"), role("sentiment-task")
    yield Flow(
        "Bedrock answers through an inference profile",
        ("Prerequisites for inference profiles", "Increase throughput with cross-Region inference"),
        tuple(steps(mailer, "bedrock:InvokeModel", PROFILE_ARN, *MODEL_ARNS)),
    )
    yield Flow(
        "Bedrock applies a guardrail",
        ("Set up permissions to use Amazon Bedrock Guardrails",),
        tuple(steps(mailer, "bedrock:ApplyGuardrail", arn("bedrock", f"guardrail/{GUARDRAIL}"))),
        environment="guarded",
    )
    yield Flow(
        "Comprehend answers calls",
        ("Actions, resources, and condition keys for Amazon Comprehend",),
        tuple(
            steps(
                sentiment,
                [
                    "comprehend:BatchDetectDominantLanguage",
                    "comprehend:BatchDetectSentiment",
                    "comprehend:BatchDetectTargetedSentiment",
                ],
                "*",
            )
        ),
    )
