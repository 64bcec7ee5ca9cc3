"""Compares files with the checksums of their manifest while they are saved to disk."""

import asyncio
import hashlib
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from encore.ingest.domain.file_names import MANIFEST
from encore.ingest.domain.file_sets import Delivery, SetFile
from encore.ingest.ports import Content

SHOWN_DIGITS = 12


@dataclass(frozen=True)
class SavedContent:
    """A content that is on disk already; it can be saved once."""

    key: str
    etag: str
    size_bytes: int
    path: Path

    async def save(self, path: Path) -> None:
        """Move the file to a path."""
        await asyncio.to_thread(shutil.move, self.path, path)


@dataclass(frozen=True)
class Mismatch:
    """A file with other content than its manifest says; it `is_late` if it was there before the manifest."""

    reason: str
    is_late: bool


async def verify_files(
    delivery: Delivery, contents: Sequence[Content], folder: Path, *, max_bytes: int, newest_first: bool
) -> list[Content] | Mismatch:
    """Return the contents, those with a checksum saved in `folder`; or the first that has another one.

    Files are read in the order of their upload, or in the opposite one. A file from before the manifest may
    still be replaced, so it is *late*; one that came with or after it should be right. A file beyond
    `max_bytes` is not read.
    """
    verified = {content.key: content for content in contents}
    files = sorted(delivery.files, key=lambda file: file.stored.modified, reverse=newest_first)
    for number, file in enumerate(files):
        content = verified[file.stored.key]
        if file.sha256 and content.size_bytes <= max_bytes:
            path = folder / f"{number}.verified"
            await content.save(path)
            if (found := await asyncio.to_thread(_sha256, path)) != file.sha256:
                return Mismatch(_reason(file, found), is_late=_is_late(file, delivery))
            verified[content.key] = SavedContent(content.key, content.etag, content.size_bytes, path)
    return list(verified.values())


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _is_late(file: SetFile, delivery: Delivery) -> bool:
    return delivery.manifest is not None and file.stored.modified < delivery.manifest.modified


def _reason(file: SetFile, found: str) -> str:
    expected = (file.sha256 or "")[:SHOWN_DIGITS]
    return (
        f"{file.stored.key}: found the SHA-256 checksum {found[:SHOWN_DIGITS]}…, expected {expected}… "
        f"as {MANIFEST} says"
    )
