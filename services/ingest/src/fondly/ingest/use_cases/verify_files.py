"""Finds out files' SHA-256, saving each file that it reads, and compares them with their manifest."""

import asyncio
import hashlib
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fondly.ingest.domain.file_names import MANIFEST
from fondly.ingest.domain.file_sets import RunFiles, SetFile
from fondly.ingest.domain.formats.mapping import MAX_MAPPING_BYTES
from fondly.ingest.ports import Content

SHOWN_DIGITS = 12


@dataclass(frozen=True)
class SavedContent:
    """A content that is on disk already; it can be saved once."""

    key: str
    etag: str
    size_bytes: int
    sha256: str
    path: Path

    async def save(self, path: Path) -> None:
        """Move the file to a path."""
        await asyncio.to_thread(shutil.move, self.path, path)


@dataclass(frozen=True)
class Mismatch:
    """A file with other content than its manifest says; it `is_late` if it was there before the manifest."""

    reason: str
    is_late: bool


@dataclass
class Verified:
    """A run's contents, saved if they had to be read, their digests by key, and the first mismatch."""

    contents: dict[str, Content]
    digests: dict[str, str] = field(default_factory=dict)
    mismatch: Mismatch | None = None
    gave_up: bool = False


@dataclass(frozen=True, kw_only=True)
class VerifyFiles:
    """Verifies the files of a run, in `folder`; a file beyond `max_bytes` is not read.

    Files are taken in the order of their upload, or in the opposite one. A file from before the manifest may
    still be replaced, so it is *late*; one that came with or after it should be right.
    """

    folder: Path
    max_bytes: int
    newest_first: bool
    gives_up: Callable[[Mismatch], bool]
    """Whether a mismatch makes the digests of the other files irrelevant: they are not read then."""

    async def run(
        self, run_files: RunFiles, contents: Sequence[Content], known: Mapping[str, str]
    ) -> Verified:
        """Return the contents and their digests; what is in `known`, or known to S3, is not read."""
        verified = Verified({content.key: content for content in contents}, dict(known))
        for file in sorted(run_files.files, key=lambda file: file.stored.modified, reverse=self.newest_first):
            digest = await self._identify(verified, file.stored.key, max_bytes=self.max_bytes)
            if digest and file.sha256 not in {None, digest} and verified.mismatch is None:
                manifest = run_files.manifest
                is_late = manifest is not None and file.stored.modified < manifest.modified
                verified.mismatch = Mismatch(_reason(file, digest), is_late=is_late)
                verified.gave_up = self.gives_up(verified.mismatch)
                if verified.gave_up:
                    return verified
        if run_files.mapping:
            await self._identify(verified, run_files.mapping.key, max_bytes=MAX_MAPPING_BYTES)
        return verified

    async def _identify(self, verified: Verified, key: str, *, max_bytes: int) -> str | None:
        """Find out a content's digest and note it; None for one that is too large to be read."""
        content = verified.contents[key]
        digest = verified.digests.get(key) or content.sha256
        if digest is None and content.size_bytes <= max_bytes:
            path = self.folder / f"{len(verified.digests)}.saved"
            await content.save(path)
            digest = await asyncio.to_thread(sha256_of, path)
            verified.contents[key] = SavedContent(key, content.etag, content.size_bytes, digest, path)
        verified.digests[key] = digest or _unread(content)
        return digest


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _unread(content: Content) -> str:
    """What stands for the digest of a content that is too large to be read, and whose run fails."""
    return f"unread {content.size_bytes} {content.etag}"


def _reason(file: SetFile, found: str) -> str:
    expected = (file.sha256 or "")[:SHOWN_DIGITS]
    return (
        f"{file.stored.key}: found the SHA-256 checksum {found[:SHOWN_DIGITS]}…, expected {expected}… "
        f"as {MANIFEST} says"
    )
