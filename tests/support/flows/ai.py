"""Bedrock and Comprehend answer calls and do jobs."""

from collections.abc import Iterator
from itertools import chain

from fondly.contracts import object_keys
from tests.support.configurations import GUARDRAIL, MODEL, PROFILE
from tests.support.flows.steps import HERE, RUN, Flow, by_s3, files, passed, role, steps
from tests.support.hcl.aws import arn

REGIONS_OF_PROFILE = ("eu-west-1", "eu-central-1", "eu-north-1", "eu-south-1", "eu-west-3")
PROFILE_ARN = arn("bedrock", f"inference-profile/{PROFILE}")
MODEL_ARNS = tuple(
    arn("bedrock", f"foundation-model/{MODEL}", region=region, account="")
    for region in (*REGIONS_OF_PROFILE, "")
)
"""The profile's model in every region that it routes to; without a region, as global profiles ask for it."""


def flows() -> Iterator[Flow]:
    """Yield calls and jobs of both."""
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
    job = arn("bedrock", "model-invocation-job/x")
    folder = object_keys.copy_job(RUN, "features")
    yield Flow(
        "Bedrock does a batch job",
        ("Required permissions for batch inference", "Create a custom service role for batch inference"),
        tuple(
            chain(
                steps(mailer, "bedrock:CreateModelInvocationJob", job, PROFILE_ARN, *MODEL_ARNS),
                steps(mailer, ["bedrock:GetModelInvocationJob", "bedrock:StopModelInvocationJob"], job),
                steps(mailer, "bedrock:TagResource", job),
                passed("mailer", "bedrock.amazonaws.com", "bedrock"),
                steps(
                    "bedrock.amazonaws.com",
                    "sts:AssumeRole",
                    role("bedrock"),
                    context={**HERE, "aws:SourceArn": job},
                ),
                steps(role("bedrock"), "bedrock:InvokeModel", PROFILE_ARN, *MODEL_ARNS),
                files("bedrock", f"{folder}/input", f"{folder}/output"),
                by_s3("bedrock"),
            )
        ),
    )
    folder = object_keys.sentiment_job(RUN, "").rstrip("/")
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
    job = arn("comprehend", "sentiment-detection-job/x")
    yield Flow(
        "Comprehend does a sentiment job",
        ("Role-based permissions required for asynchronous operations",),
        tuple(
            chain(
                steps(
                    sentiment,
                    ["comprehend:StartSentimentDetectionJob", "comprehend:DescribeSentimentDetectionJob"],
                    job,
                ),
                steps(sentiment, "comprehend:TagResource", job),
                passed("sentiment", "comprehend.amazonaws.com", "comprehend"),
                steps("comprehend.amazonaws.com", "sts:AssumeRole", role("comprehend"), context=HERE),
                files("comprehend", f"{folder}/input", f"{folder}/output"),
                by_s3("comprehend"),
            )
        ),
    )
