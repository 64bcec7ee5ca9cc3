"""Whether what the settings name answers: the bucket, the tables and the topics."""

import asyncio
from typing import TYPE_CHECKING

from fondly.runtime.runs.release import last_upgrade

if TYPE_CHECKING:
    from collections.abc import Awaitable, Mapping

    from types_aiobotocore_dynamodb.client import DynamoDBClient
    from types_aiobotocore_s3.client import S3Client
    from types_aiobotocore_sns.client import SNSClient

    from fondly.runtime.settings import ServiceSettings

CHECK_S = 60.0
"""How long `--check` may take."""


async def problem_of(check: "Awaitable[str]") -> str:
    """Return what a check finds, or how it fails; a check that takes longer than `CHECK_S` has failed."""
    try:
        async with asyncio.timeout(CHECK_S):
            return await check
    except TimeoutError:
        return f"no answer within {CHECK_S:.0f} s"
    except Exception as error:  # noqa: BLE001 - whatever it is, the process could not start
        return said(error)


async def unanswered(
    settings: "ServiceSettings", *, s3: "S3Client", dynamodb: "DynamoDBClient", sns: "SNSClient"
) -> str:
    """Ask for the bucket, every table and every topic, and for the release that the environment is of.

    Returns on one line which do not answer, and why, or that a later release has upgraded the environment.
    """
    calls: Mapping[str, Awaitable[object]] = {
        f"bucket {settings.data_bucket}": s3.head_bucket(Bucket=settings.data_bucket),
        **{f"table {name}": dynamodb.describe_table(TableName=name) for name in settings.tables},
        f"release of {settings.environment}": last_upgrade(dynamodb, settings.runs_table),
        **{f"topic {arn}": sns.get_topic_attributes(TopicArn=arn) for arn in settings.topic_arns.values()},
    }
    answers = await asyncio.gather(*calls.values(), return_exceptions=True)
    return "; ".join(
        f"{what}: {said(answer)}"
        for what, answer in zip(calls, answers, strict=True)
        if isinstance(answer, BaseException)
    )


def said(error: BaseException) -> str:
    """Say on one line what an error is about."""
    return " ".join(f"{type(error).__name__}: {error}".split())
