"""Ports of ingest, in addition to `fondly.runtime.ports`."""

# ruff: noqa: D102 - the adapters document the members
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from fondly.contracts.ingest_report import IgnoredFile
from fondly.ingest.domain.file_sets import StoredFile
from fondly.ingest.domain.formats.fields import Kind
from fondly.runtime.runs.run import Run


class VanishedError(Exception):
    """The object was deleted before it could be read."""


class Content(Protocol):
    """An open upload; see `fondly.ingest.adapters.s3_files.S3Content`."""

    @property
    def key(self) -> str: ...
    @property
    def etag(self) -> str: ...
    @property
    def size_bytes(self) -> int: ...
    @property
    def sha256(self) -> str | None: ...
    async def save(self, path: Path) -> None: ...


class Files(Protocol):
    """The data bucket's files; see `fondly.ingest.adapters.s3_files.S3Files`."""

    @property
    def name(self) -> str: ...
    def open(self, key: str) -> AbstractAsyncContextManager[Content]: ...
    async def read(self, key: str, *, max_bytes: int) -> bytes: ...
    async def stored(self, folder: str) -> Sequence[StoredFile]: ...
    async def put_file(self, key: str, path: Path, *, content_type: str) -> None: ...


@dataclass(frozen=True)
class OpenRunFile:
    """An open file of a run and what its rows describe."""

    kind: Kind
    content: Content


@dataclass(frozen=True)
class OpenRunFiles:
    """All that a run is made of, open and verified, in reading order, and what its folder has besides."""

    files: Sequence[OpenRunFile]
    mapping: Content | None = None
    ignored: Sequence[IgnoredFile] = ()


class Ingest(Protocol):
    """What becomes of a run; see `fondly.ingest.use_cases.ingest_upload.IngestUpload`."""

    async def ingest(self, run: Run, run_files: OpenRunFiles) -> None: ...
    async def fail(self, run: Run, reason: str) -> None: ...
