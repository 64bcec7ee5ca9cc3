"""Every limit and error of Comprehend that understudy knows: codes, and texts where AWS's are known."""

from __future__ import annotations

from understudy.wire.service import ServiceError

MAX_DOCUMENTS = 25
"""Documents in a batch call."""
MAX_BYTES = 5_000
"""UTF-8 bytes of a document: the guide says 5 KB, the messages say 5,000 bytes."""
MAX_LANGUAGE_BYTES = 100_000
"""The same for a single `DetectDominantLanguage`."""


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
