"""Every error of Comprehend that understudy answers with: codes, and texts where AWS's are known.

Those of refused requests are exceptions, those of failed jobs are the `Message` of the job, and those of
documents are the `ErrorCode` and `ErrorMessage` of a result.
"""

from __future__ import annotations

from dataclasses import dataclass

from understudy.comprehend.limits import MAX_ACTIVE_JOBS, MAX_DOCUMENTS, MAX_TAGS
from understudy.wire.errors import ServiceError


class JobFailedError(Exception):
    """A job failed with a reason that AWS would report as `Message`."""


@dataclass(frozen=True, slots=True)
class DocumentError:
    """Why one document of a job has no result."""

    code: str
    message: str


UNSUPPORTED_ENCODING = DocumentError(
    "UNSUPPORTED_ENCODING", "Document is not in UTF-8 format and all subsequent lines are ignored."
)


def document_size_exceeded(max_bytes: int) -> DocumentError:
    """A document of a job is too long."""
    return DocumentError(
        "DOCUMENT_SIZE_EXCEEDED", f"Document size is exceeded maximum size limit {max_bytes} bytes."
    )


def text_size_limit_exceeded(size_bytes: int, max_bytes: int) -> ServiceError:
    """A document of a synchronous call is too long."""
    return ServiceError(
        "TextSizeLimitExceededException",
        f"Input text size exceeds limit. Max length of request text allowed is {max_bytes} bytes while in "
        f"this request the text size is {size_bytes} bytes",
    )


def batch_size_limit_exceeded() -> ServiceError:
    """A batch call has too many documents."""
    return ServiceError(
        "BatchSizeLimitExceededException",
        f"The number of documents in the request exceeds the limit of {MAX_DOCUMENTS}. "
        "Try your request again with fewer documents.",
    )


def unsupported_language(code: str) -> ServiceError:
    """The synchronous operation does not know one of Comprehend's languages."""
    return ServiceError("UnsupportedLanguageException", f"The language {code} is not supported.")


def unsupported_job_language(code: str) -> ServiceError:
    """The same of a job, whose Start does not declare UnsupportedLanguageException."""
    return invalid_request(f"UNSUPPORTED_LANGUAGE: The language {code} is not supported.")


def invalid_request(message: str) -> ServiceError:
    """The request is well formed but cannot be fulfilled."""
    return ServiceError("InvalidRequestException", message)


def resource_not_found() -> ServiceError:
    """No resource has the ARN."""
    return ServiceError("ResourceNotFoundException", "RESOURCE_NOT_FOUND: Could not find specified resource.")


def job_not_found() -> ServiceError:
    """No job of this type has the id."""
    return ServiceError(
        "JobNotFoundException", "The specified job was not found. Check the job ID and try again."
    )


def job_ended(status: str) -> ServiceError:
    """A job that has ended by itself cannot be stopped."""
    return invalid_request(f"JOB_ENDED: The job cannot be stopped because its status is {status}.")


def invalid_filter() -> ServiceError:
    """A list is filtered by more than one thing."""
    return ServiceError("InvalidFilterException", "Only one filter may be specified.")


def invalid_token() -> ServiceError:
    """The page token was not issued by this operation."""
    return invalid_request("INVALID_NEXT_TOKEN: The token is not valid.")


def too_many_tags() -> ServiceError:
    """A job has too many tags."""
    return ServiceError("TooManyTagsException", f"A resource can have at most {MAX_TAGS} tags.")


def too_many_jobs() -> ServiceError:
    """As many jobs of the type are active as may be; the only error of a quota that Start declares."""
    return ServiceError(
        "TooManyRequestsException",
        f"The number of active jobs exceeds the limit of {MAX_ACTIVE_JOBS}. Resubmit your request later.",
    )


def throttled(*, declares_too_many_requests: bool) -> ServiceError:
    """There were too many calls within a second."""
    code = "TooManyRequestsException" if declares_too_many_requests else "ThrottlingException"
    return ServiceError(code, "Rate exceeded")


def no_read_access() -> JobFailedError:
    """The input cannot be read or does not exist."""
    return JobFailedError(
        "NO_READ_ACCESS_TO_INPUT: The provided data access role does not have proper access to the input"
        " data."
    )


def no_write_access() -> JobFailedError:
    """The output cannot be written."""
    return JobFailedError(
        "NO_WRITE_ACCESS_TO_OUTPUT: The provided data access role does not have write access to the output"
        " S3 URI."
    )


def input_too_small(min_bytes: int) -> JobFailedError:
    """All files together are too small."""
    return JobFailedError(f"INPUT_TOO_SMALL: The input has less than {min_bytes} bytes in total.")


def input_too_large(max_bytes: int) -> JobFailedError:
    """All files together are too large."""
    return JobFailedError(f"INPUT_TOO_LARGE: The input has more than {max_bytes} bytes in total.")


def too_many_documents(max_documents: int) -> JobFailedError:
    """There are too many files, or lines in all files."""
    return JobFailedError(f"TOO_MANY_DOCUMENTS: The input has more than {max_documents} documents.")


def internal_failure() -> JobFailedError:
    """The fault is understudy's; its log has the reason."""
    return JobFailedError("INTERNAL_SERVER_ERROR: Unexpected Server Error. Please try again.")
