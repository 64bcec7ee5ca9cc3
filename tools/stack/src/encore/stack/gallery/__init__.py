"""A run's emails as a page for marketers that needs no server."""

from local.gallery.model import GalleryEmail
from local.gallery.page import write_gallery

__all__ = ["GalleryEmail", "write_gallery"]
