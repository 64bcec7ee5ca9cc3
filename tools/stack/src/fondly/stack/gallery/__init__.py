"""A run's emails and its customers' opinions as a page for marketers, without a server."""

from encore.stack.gallery.model import GalleryCategory, GalleryEmail, GalleryPrompt, GalleryReview
from encore.stack.gallery.writer import GalleryWriter

__all__ = ["GalleryCategory", "GalleryEmail", "GalleryPrompt", "GalleryReview", "GalleryWriter"]
