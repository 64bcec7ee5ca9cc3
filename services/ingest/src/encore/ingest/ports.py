"""Ports of ingest, in addition to `encore.runtime.ports`."""

# ruff: noqa: D102 - the adapters document the members
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Protocol


class VanishedError(Exception):
    """The object was deleted before it could be read."""


class Content(Protocol):
    """An open upload; see `encore.ingest.adapters.s3_files.S3Content`."""

    @property
    def key(self) -> str: ...
    @property
    def etag(self) -> str: ...
    @property
    def size_bytes(self) -> int: ...
    async def save(self, path: Path) -> None: ...


class Files(Protocol):
    """The data bucket's files; see `encore.ingest.adapters.s3_files.S3Files`."""

    @property
    def name(self) -> str: ...
    def open(self, key: str) -> AbstractAsyncContextManager[Content]: ...
    async def etag(self, key: str) -> str: ...
    async def keys(self, folder: str) -> list[str]: ...
    async def put_file(self, key: str, path: Path, *, content_type: str) -> None: ...
