"""A run's emails as a page for marketers, without a server."""

from encore.stack.gallery.model import GalleryEmail
from encore.stack.gallery.page import write_gallery

__all__ = ["GalleryEmail", "write_gallery"]
