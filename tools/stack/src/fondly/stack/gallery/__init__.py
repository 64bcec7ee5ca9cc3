"""A run's emails and its customers' opinions as a page for marketers, without a server."""

from fondly.stack.gallery.writer import GalleryWriter

__all__ = ["GalleryWriter"]
