"""What the gallery shows of one email."""

from dataclasses import dataclass


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
