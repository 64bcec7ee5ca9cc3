"""Comprehend's limits, from its developer guide, "Guidelines and quotas"."""

from __future__ import annotations

from dataclasses import dataclass

MAX_DOCUMENTS = 25
"""Documents in a batch call."""
MAX_BYTES = 5_000
"""UTF-8 bytes of a document in a synchronous call: the guide says 5 KB, the messages say 5,000 bytes."""
MAX_LANGUAGE_BYTES = 100_000
"""The same for a single `DetectDominantLanguage`."""
MAX_TAGS = 50
MAX_ACTIVE_JOBS = 10
"""Jobs of one type that are not finished."""

_KB, _MB, _GB = 1 << 10, 1 << 20, 1 << 30


@dataclass(frozen=True, slots=True, kw_only=True)
class JobLimits:
    """What one job may read: bytes of a document, bytes in total, and files or lines."""

    max_document_bytes: int
    max_total_bytes: int
    max_documents: int
    min_total_bytes: int = 500


SENTIMENT_JOB = JobLimits(max_document_bytes=5 * _KB, max_total_bytes=5 * _GB, max_documents=1_000_000)
TARGETED_JOB = JobLimits(max_document_bytes=10 * _KB, max_total_bytes=300 * _MB, max_documents=30_000)
