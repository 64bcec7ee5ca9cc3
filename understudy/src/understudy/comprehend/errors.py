"""Every error of Comprehend that understudy answers with: codes, and texts where AWS's are known.

Those of refused requests are exceptions, those of documents are the `ErrorCode` and `ErrorMessage` of a
result.
"""

from __future__ import annotations

from understudy.comprehend.limits import MAX_DOCUMENTS
from understudy.wire.errors import ServiceError


def text_size_limit_exceeded(size_bytes: int, max_bytes: int) -> ServiceError:
    """A document is too long."""
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
    """The operation does not know one of Comprehend's languages."""
    return ServiceError("UnsupportedLanguageException", f"The language {code} is not supported.")
