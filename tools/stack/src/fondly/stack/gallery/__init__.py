"""A run as a folder to send to somebody: its emails, and what each rests on; it needs no server."""

from fondly.stack.gallery.writer import GalleryWriter

__all__ = ["GalleryWriter"]
