"""Personalize reads and writes a bucket that a key encrypts."""

from collections.abc import Iterator, Sequence
from itertools import chain

from tests.support.flows.realtime import ACTIONS_PAGE, CAMPAIGN, FILTER, TRACKER
from tests.support.flows.steps import BUCKET, HERE, KEYS, RUN, Flow, Step, files, passed, role, steps
from tests.support.hcl.aws import arn

PERSONALIZE = "personalize.amazonaws.com"
PERSONALIZE_PAGES = (
    "Giving Amazon Personalize permission to use your AWS KMS key",
    "Giving Amazon Personalize access to Amazon S3 resources",
    "Cross-service confused deputy prevention (Amazon Personalize)",
    "Giving users permission to access Amazon Personalize",
)
_ROLE_AND_KEY = ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey", "kms:ListGrants"]


def _personalize(job: str, actions: Sequence[str], *resources: str) -> tuple[Step, ...]:
    """A job of Personalize that reads and writes the bucket: both key policy and role must allow the key."""
    job_arn = arn("personalize", job)
    folder = f"runs/{RUN}/personalize"
    return tuple(
        chain(
            steps(role("recommender-task"), actions, *(arn("personalize", each) for each in resources)),
            steps(role("recommender-task"), "personalize:TagResource", job_arn),
            passed("recommender", PERSONALIZE, "personalize"),
            steps(
                PERSONALIZE,
                "sts:AssumeRole",
                role("personalize"),
                context={**HERE, "aws:SourceArn": job_arn},
            ),
            files("personalize", folder, folder),
            steps(PERSONALIZE, ["s3:GetObject", "s3:PutObject"], f"{BUCKET}/{folder}/file", context=HERE),
            steps(PERSONALIZE, "s3:ListBucket", BUCKET, context={**HERE, "s3:prefix": f"{folder}/"}),
            steps(role("personalize"), _ROLE_AND_KEY, KEYS["data"], where="identity"),
            steps(role("personalize"), [*_ROLE_AND_KEY, "kms:CreateGrant"], KEYS["data"], where="resource"),
            # AWS's example has no condition on the account, so nothing may depend on its being named.
            steps(PERSONALIZE, [*_ROLE_AND_KEY, "kms:CreateGrant"], KEYS["data"], where="resource"),
        )
    )


def flows() -> Iterator[Flow]:
    """Yield import, training, batch inference, and what is asked without a job."""
    yield Flow(
        "Personalize imports a data set",
        PERSONALIZE_PAGES,
        _personalize(
            "dataset-import-job/fondly-prod-x",
            ["personalize:CreateDatasetImportJob"],
            "dataset-import-job/fondly-prod-x",
            "dataset/fondly-prod/INTERACTIONS",
        ),
    )
    yield Flow(
        "Personalize trains",
        PERSONALIZE_PAGES,
        tuple(
            chain(
                steps(
                    role("recommender-task"),
                    ["personalize:CreateSolution", "personalize:CreateSolutionVersion"],
                    arn("personalize", "solution/fondly-prod-x"),
                ),
                steps(
                    PERSONALIZE,
                    ["kms:CreateGrant", "kms:DescribeKey", "kms:ListGrants"],
                    KEYS["data"],
                    where="resource",
                ),
            )
        ),
    )
    yield Flow(
        "Personalize infers in a batch",
        PERSONALIZE_PAGES,
        _personalize(
            "batch-inference-job/x",
            ["personalize:CreateBatchInferenceJob"],
            "batch-inference-job/x",
            "solution/fondly-prod-x",
        ),
    )
    yield from _beside_runs()


def _beside_runs() -> Iterator[Flow]:
    """Yield what is asked without a job: campaigns, filters, events."""
    recommender, group = role("recommender-task"), arn("personalize", "dataset-group/fondly-prod")
    yield Flow(
        "Personalize ranks in real time",
        (ACTIONS_PAGE,),
        tuple(
            chain(
                steps(
                    recommender,
                    ["personalize:CreateCampaign", "personalize:UpdateCampaign"],
                    CAMPAIGN,
                    arn("personalize", "solution/fondly-prod-x"),
                ),
                steps(recommender, ["personalize:DescribeCampaign", "personalize:DeleteCampaign"], CAMPAIGN),
                steps(recommender, "personalize:TagResource", CAMPAIGN),
            )
        ),
    )
    yield Flow(
        "Personalize leaves out what a filter says",
        (ACTIONS_PAGE,),
        tuple(
            chain(
                steps(recommender, "personalize:CreateFilter", FILTER, group),
                steps(recommender, "personalize:DescribeFilter", FILTER),
                steps(recommender, "personalize:TagResource", FILTER),
            )
        ),
    )
    yield Flow(
        "Personalize is told what customers do",
        (ACTIONS_PAGE,),
        tuple(
            chain(
                steps(recommender, "personalize:CreateEventTracker", TRACKER, group),
                steps(recommender, ["personalize:DescribeEventTracker", "personalize:PutEvents"], TRACKER),
                steps(recommender, "personalize:DeleteEventTracker", TRACKER),
                steps(recommender, "personalize:TagResource", TRACKER),
            )
        ),
    )
