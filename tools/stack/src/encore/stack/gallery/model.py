"""What the gallery shows of one email."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class GalleryEmail:
    """One finished email: `fallback` tells the plain template from copy written by the model.

    `html`, `text` and `source` (the whole MIME message) are shown as they are and never trusted.
    """

    customer_id: str
    name: str
    subject: str
    preheader: str
    products: tuple[str, ...]
    fallback: bool
    html: str
    text: str
    source: str
