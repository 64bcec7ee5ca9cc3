"""The text of a review that is sent for scoring, and its billing units."""

from collections.abc import Iterable
from dataclasses import dataclass

from encore.contracts.records import Customer, Review

MAX_BYTES = 5_000
"""Comprehend's limit for one document, in UTF-8 bytes."""
CHARS_PER_UNIT = 100
MIN_UNITS = 3


@dataclass(frozen=True)
class Document:
    """The text of one review, ready to be scored; `cut` if it was truncated."""

    review_id: str
    text: str
    cut: bool = False

    @property
    def units(self) -> int:
        """Comprehend's billing units: 100 characters each, at least three per document."""
        return max(MIN_UNITS, -(-len(self.text) // CHARS_PER_UNIT))


def documents(customers: Iterable[Customer]) -> list[Document]:
    """Return one document for each distinct review that has text, in order."""
    found: dict[str, Document] = {}
    for customer in customers:
        for review in customer.reviews:
            if review.review_id not in found and (text := _full_text(review)):
                found[review.review_id] = _document(review.review_id, text)
    return list(found.values())


def cut_to_bytes(text: str, max_bytes: int) -> str:
    """Return the longest prefix of `text` that fits into `max_bytes` of UTF-8, in whole characters."""
    return text.encode()[:max_bytes].decode(errors="ignore")


def _full_text(review: Review) -> str:
    parts = (part.strip() for part in (review.title, review.text) if part)
    return "\n".join(part for part in parts if part)


def _document(review_id: str, full_text: str) -> Document:
    text = cut_to_bytes(full_text, MAX_BYTES)
    return Document(review_id=review_id, text=text, cut=len(text) < len(full_text))
