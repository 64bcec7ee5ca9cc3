"""A run's emails and its customers' opinions as a page for marketers, without a server."""

from encore.stack.gallery.model import GalleryCategory, GalleryEmail, GalleryPrompt, GalleryReview
from encore.stack.gallery.page import write_gallery

__all__ = ["GalleryCategory", "GalleryEmail", "GalleryPrompt", "GalleryReview", "write_gallery"]
