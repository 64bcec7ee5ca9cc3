"""What the adapter of Comprehend's jobs asks for."""

from aiobotocore.session import get_session
from aiobotocore.stub import AioStubber

from fondly.sentiment.adapters.comprehend_jobs import ComprehendJobs

ROLE = "arn:aws:iam::000000000000:role/comprehend"


async def test_a_job_says_whose_it_is() -> None:
    """Its tags name the deployment and the run, for bills and for cleaning up."""
    expected = {
        "InputDataConfig": {
            "S3Uri": "s3://data/runs/run-1/sentiment/job/input/en/",
            "InputFormat": "ONE_DOC_PER_LINE",
        },
        "OutputDataConfig": {"S3Uri": "s3://data/runs/run-1/sentiment/job/output/"},
        "DataAccessRoleArn": ROLE,
        "JobName": "run-1-en",
        "LanguageCode": "en",
        "ClientRequestToken": "run-1-en-7",
        "Tags": [{"Key": "stack", "Value": "shop"}, {"Key": "run", "Value": "run-1"}],
    }
    async with get_session().create_client("comprehend", endpoint_url="http://127.0.0.1:1") as client:
        with AioStubber(client) as stub:
            stub.add_response("start_sentiment_detection_job", {"JobId": "1"}, expected)
            jobs = ComprehendJobs(client, bucket="data", role_arn=ROLE, tags={"stack": "shop"})
            assert await jobs.start("run-1", "en", texts=7) == "1"
