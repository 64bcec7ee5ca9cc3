"""What a part came to and what it used."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

from encore.contracts.records import ScoredReview
from encore.runtime.runs.run import PartReport, StageName, part_name
from encore.sentiment.domain.documents import Document

REQUESTS_PER_MESSAGE = 2
LEDGER_READS = 2
"""The run, and what is kept of the part."""
LEDGER_WRITES = 4
"""The lock taken and let go, the report, the part's number."""
DOCUMENTS_PER_CALL = 25
WRITES_PER_CALL = 5
"""Units that the scores of a full call take: about 170 bytes a document."""


def part_report(
    part: int,
    started_at: datetime,
    texts: Sequence[Document],
    scored: Sequence[ScoredReview],
) -> PartReport:
    """Report a scored part, whichever deliveries of its message had what scored."""
    done = sum(review.sentiment is not None for review in scored)
    return PartReport(
        stage=StageName.SENTIMENT,
        name=part_name(part),
        started_at=started_at,
        finished_at=datetime.now(UTC),
        counts={
            "reviews_scored": done,
            "reviews_unscored": len(scored) - done,
            "texts_cut": sum(text.cut for text in texts),
        },
        units={
            "comprehend.units": Decimal(sum(text.units for text in texts)),
            "dynamodb.reads": Decimal(LEDGER_READS),
            "dynamodb.writes": Decimal(len(scored) + LEDGER_WRITES + _journal_writes(len(texts))),
            "s3.puts": Decimal(1),
            "sqs.requests": Decimal(REQUESTS_PER_MESSAGE),
        },
    )


def _journal_writes(documents: int) -> int:
    return -(-documents // DOCUMENTS_PER_CALL) * WRITES_PER_CALL
