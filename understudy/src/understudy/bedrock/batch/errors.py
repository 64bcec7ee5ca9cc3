"""Every error of batch inference jobs: refused requests are exceptions, failed jobs have a message.

Of these texts only the codes are known to be AWS's.
"""

from __future__ import annotations

from understudy.wire.errors import ServiceError


class JobFailedError(Exception):
    """A job failed with a reason that AWS would report as `message`."""


def job_not_found(identifier: str) -> ServiceError:
    """No job has the id or ARN."""
    return ServiceError("ResourceNotFoundException", f"The job {identifier} was not found.")


def job_ended(status: str) -> ServiceError:
    """A job that has ended cannot be stopped."""
    return ServiceError("ConflictException", f"The job cannot be stopped because its status is {status}.")


def too_many_jobs(limit: int) -> ServiceError:
    """As many jobs of the model are active as may be."""
    return ServiceError("ServiceQuotaExceededException", f"The model has {limit} jobs that have not ended.")


def no_batch_inference() -> ServiceError:
    """The model answers single requests only."""
    return ServiceError("ValidationException", "The provided model doesn't support batch inference.")


def invalid_token() -> ServiceError:
    """The page token was not issued by a list."""
    return ServiceError("ValidationException", "The provided nextToken is invalid.")


def no_read_access(uri: str) -> JobFailedError:
    """The input cannot be read or does not exist."""
    return JobFailedError(f"The input {uri} does not exist, or the role has no access to it.")


def no_write_access(uri: str) -> JobFailedError:
    """The output cannot be written."""
    return JobFailedError(f"The output {uri} does not exist, or the role has no access to it.")


def no_files(uri: str) -> JobFailedError:
    """The input has no file of the right kind."""
    return JobFailedError(f"The input {uri} has no .jsonl files.")


def malformed_record(file: str, line: int) -> JobFailedError:
    """A line of the input is not a record."""
    return JobFailedError(
        f"{file}, line {line}: expected a JSON object with an object `modelInput` and, if any, a text "
        "`recordId`."
    )


def too_few_records(arn: str, records: int, minimum: int) -> JobFailedError:
    """The input has fewer records than the quota of the model asks for."""
    return JobFailedError(
        f"Batch job {arn} contains less records ({records}) than the required minimum of: {minimum}."
    )


def too_many_records(arn: str, records: int, maximum: int) -> JobFailedError:
    """The input has more records than the quota of the model allows."""
    return JobFailedError(
        f"Batch job {arn} contains more records ({records}) than the allowed maximum of: {maximum}."
    )


def internal_failure() -> JobFailedError:
    """The fault is understudy's; its log has the reason."""
    return JobFailedError("The job failed because of an internal error. Try your request again.")
