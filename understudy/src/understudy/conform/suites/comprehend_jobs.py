"""What Comprehend refuses about jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from understudy.conform.check import Origin
from understudy.conform.suites.cases import BAD_VALUE, Cases

if TYPE_CHECKING:
    from collections.abc import Iterator

    from understudy.conform.case import Asked
    from understudy.conform.check import Check

_CASES = Cases("comprehend")
_UNKNOWN_JOB = "0123456789abcdef" * 2
KINDS = ("Sentiment", "TargetedSentiment")
ARN_TYPES = {
    "Sentiment": "sentiment-detection-job",
    "TargetedSentiment": "targeted-sentiment-detection-job",
}


def comprehend_job_checks() -> Iterator[Check]:
    """Yield the checks of calls about jobs that there are not, and of requests that start none."""
    for kind in KINDS:
        yield from _lookups(f"{kind}DetectionJob")
        yield from _lists(f"List{kind}DetectionJobs")
        yield from _starts(kind)
        yield _tags(kind)


def _lookups(job: str) -> Iterator[Check]:
    for verb in ("Describe", "Stop"):
        yield _CASES.refused(
            f"{verb}{job} knows no job that there is not",
            f"{verb}{job}",
            {"JobId": _UNKNOWN_JOB},
            "JobNotFoundException",
        )
    yield _CASES.refused(
        f"Describe{job} takes no id of 33 characters",
        f"Describe{job}",
        {"JobId": "0" * 33},
        "ValidationException",
        "length less than or equal to 32",
    )


def _lists(operation: str) -> Iterator[Check]:
    yield _CASES.answered(f"{operation} answers with a list", operation, {"MaxResults": 1})
    yield _CASES.refused(
        f"{operation} takes one filter at a time",
        operation,
        {"Filter": {"JobName": "a", "JobStatus": "COMPLETED"}},
        "InvalidFilterException",
        origin=Origin.RECALLED,
    )
    yield _CASES.refused(
        f"{operation} lists no more than 500 at once",
        operation,
        {"MaxResults": 501},
        "ValidationException",
        "value less than or equal to 500",
    )
    yield _CASES.refused(
        f"{operation} refuses a token that it has not given",
        operation,
        {"NextToken": "no token of yours"},
        "InvalidRequestException",
        origin=Origin.RECALLED,
    )


def _starts(kind: str) -> Iterator[Check]:
    operation = f"Start{kind}DetectionJob"
    table: dict[str, dict[str, Any]] = {
        "an output that is no S3 URI": {"OutputDataConfig": {"S3Uri": "file:///tmp"}},
        "a role that is no ARN of a role": {"DataAccessRoleArn": "arn:aws:iam::000000000000:user/someone"},
        "a token with a space": {"ClientRequestToken": "one two"},
        "an empty name": {"JobName": ""},
        "a code that is no language": {"LanguageCode": "xx"},
    }
    for what, changes in table.items():
        yield _CASES.refused(
            f"{operation} refuses {what}", operation, _start(**changes), "ValidationException", BAD_VALUE
        )
    yield _CASES.refused(
        f"{operation} refuses a 51st tag",
        operation,
        _start(Tags=[{"Key": f"k{number}", "Value": "v"} for number in range(51)]),
        "TooManyTagsException",
        origin=Origin.RECALLED,
    )
    if kind == "TargetedSentiment":
        yield _CASES.refused(
            f"{operation} takes English only",
            operation,
            _start(LanguageCode="de"),
            "InvalidRequestException|UnsupportedLanguageException",
            origin=Origin.RECALLED,
        )


def _start(**changes: Any) -> Asked:  # noqa: ANN401 - any parameter
    """Return a request of Start for files that there are not."""
    return lambda world: {
        "InputDataConfig": {"S3Uri": world.uri("none/")},
        "OutputDataConfig": {"S3Uri": world.uri("none-out/")},
        "DataAccessRoleArn": world.role_arn,
        "LanguageCode": "en",
        **changes,
    }


def _tags(kind: str) -> Check:
    resource = f"{ARN_TYPES[kind]}/{_UNKNOWN_JOB}"
    return _CASES.refused(
        f"ListTagsForResource knows no {kind} job that there is not",
        "ListTagsForResource",
        lambda world: {
            "ResourceArn": f"arn:aws:comprehend:{world.target.region}:{world.target.account_id}:{resource}"
        },
        "ResourceNotFoundException",
        "RESOURCE_NOT_FOUND",
        origin=Origin.QUOTED,
    )
