"""A line of a job's output: which line of which input file it answers, and the answer."""

import json
from dataclasses import dataclass
from typing import Any

from fondly.sentiment.domain.scores import Score, score_of


@dataclass(frozen=True)
class JobLine:
    """The sentiment of the text on one line of an input file, counted from zero; None if it failed."""

    file: str
    number: int
    score: Score | None


def read_line(line: bytes) -> JobLine:
    """Read one JSON line of `output`, as Comprehend writes it for ONE_DOC_PER_LINE."""
    found: dict[str, Any] = json.loads(line)
    score = None if "ErrorCode" in found else score_of(found)
    return JobLine(file=found["File"], number=int(found["Line"]), score=score)
