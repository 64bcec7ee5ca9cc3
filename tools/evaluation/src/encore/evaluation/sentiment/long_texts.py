"""Texts longer than Comprehend takes: divided into chunks, whose scores become those of the text."""

import re
from collections.abc import Sequence

from encore.contracts.records import Sentiment, SentimentScores
from encore.sentiment.domain.scores import Score

MAX_BYTES = 5_000
"""Comprehend's limit for one text, in UTF-8 bytes."""
_WORD = re.compile(r"\s*\S+")


def is_too_long(text: str, *, max_bytes: int = MAX_BYTES) -> bool:
    """Return whether a text has to be divided."""
    return len(text.encode()) > max_bytes


def chunks(text: str, *, max_bytes: int = MAX_BYTES) -> list[str]:
    """Divide a text between words into chunks of at most `max_bytes` of UTF-8; a longer word is cut."""
    if not is_too_long(text, max_bytes=max_bytes):
        return [text]
    found = [""]
    for word in (piece for match in _WORD.finditer(text) for piece in _cut(match[0], max_bytes)):
        if is_too_long(found[-1] + word, max_bytes=max_bytes):
            found.append(word)
        else:
            found[-1] += word
    return [stripped for chunk in found if (stripped := chunk.strip())]


def combined(scores: Sequence[Score], lengths: Sequence[int]) -> Score:
    """Return the score of a text from those of its chunks, each weighted by its length.

    What praise and blame of different chunks have in common becomes mixed. The label is the highest score. If
    a chunk could not be scored, neither could the text.
    """
    if len(scores) == 1:
        return scores[0]
    if failed := next((each for each in scores if each.scores is None), None):
        return failed
    parts = [each.scores.model_dump() for each in scores if each.scores]
    total = sum(lengths)
    mean = {
        name: sum(part[name] * length for part, length in zip(parts, lengths, strict=True)) / total
        for name in SentimentScores.model_fields
    }
    both = min(mean["positive"], mean["negative"])
    moved = {
        "positive": mean["positive"] - both,
        "negative": mean["negative"] - both,
        "mixed": min(1.0, mean["mixed"] + 2 * both),
    }
    found = SentimentScores(**(mean | moved))
    return Score(sentiment=highest(found), scores=found)


def highest(scores: SentimentScores, among: Sequence[Sentiment] = tuple(Sentiment)) -> Sentiment:
    """Return the label with the highest score; the first of equals."""
    return max(among, key=lambda label: float(getattr(scores, label.lower())))


def _cut(word: str, max_bytes: int) -> list[str]:
    pieces = []
    while word:
        piece = word.encode()[:max_bytes].decode(errors="ignore")
        pieces.append(piece)
        word = word[len(piece) :]
    return pieces
