"""What the gallery shows of an email, of a customer's review, and of the opinions about a category."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from encore.contracts.records import Sentiment


@dataclass(frozen=True, slots=True)
class Piece:
    """Some of a review's text; with an aspect and its sentiment if it praises or blames that."""

    text: str
    aspect: str = ""
    sentiment: Sentiment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GalleryReview:
    """One review of a customer; without a label if it has no text or could not be scored.

    The pieces together are the review's document. They are shown unchanged and never trusted.
    """

    product: str
    pieces: tuple[Piece, ...]
    label: Sentiment | None = None
    scores: Mapping[str, float] = field(default_factory=dict)
    """Comprehend's confidences by name of the label."""
    language: str | None = None
    error: str | None = None
    praised: tuple[str, ...] = ()
    blamed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GalleryEmail:
    """One finished email; `template_copy` is true if its copy comes from the template, not the model.

    `html`, `text` and `source` (the whole MIME message) are shown unchanged and never trusted.
    """

    customer_id: str
    name: str
    subject: str
    preheader: str
    products: tuple[str, ...]
    reasons: tuple[str, ...]
    """Why each product was picked, in the same order."""
    template_copy: bool
    html: str
    text: str
    source: str
    reviews: tuple[GalleryReview, ...] = ()
    """The customer's own."""


@dataclass(frozen=True, slots=True)
class GalleryAspect:
    """An aspect and its counts in words; `verdict` is `praised`, `blamed`, `divided` or `mentioned`."""

    name: str
    verdict: str
    counts: str


@dataclass(frozen=True, slots=True)
class GalleryProduct:
    """A product with scored texts: how many have each label, in words, and its aspects."""

    name: str
    labels: str
    aspects: tuple[GalleryAspect, ...]


@dataclass(frozen=True, slots=True)
class GalleryCategory:
    """A category, given by its whole path, with its aspects and its products that have scored texts."""

    path: tuple[str, ...]
    scored: int
    aspects: tuple[GalleryAspect, ...]
    products: tuple[GalleryProduct, ...]
