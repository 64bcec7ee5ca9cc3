"""Reads a job's documents from S3, a bounded number at a time."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from understudy.comprehend.errors import (
    UNSUPPORTED_ENCODING,
    input_too_large,
    input_too_small,
    no_read_access,
    too_many_documents,
)
from understudy.comprehend.jobs.documents import Document, LineSplitter

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from types_aiobotocore_s3 import S3Client

    from understudy.comprehend.limits import JobLimits
    from understudy.s3 import Location

_CHUNK_BYTES = 1 << 20
_FILES_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class _File:
    key: str
    size_bytes: int

    @property
    def name(self) -> str:
        return self.key.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Source:
    """The files whose keys begin with that of `location`. Blank documents are counted and left out.

    Every method raises JobFailedError if a file cannot be read or a limit of the whole job is exceeded.
    """

    client: S3Client
    location: Location
    limits: JobLimits

    async def check(self) -> None:
        """Check that there are files, and how large they are together."""
        files = total_bytes = 0
        async for file in self._files():
            files += 1
            total_bytes += file.size_bytes
            if total_bytes > self.limits.max_total_bytes:
                raise input_too_large(self.limits.max_total_bytes)
        if not files:
            raise no_read_access()
        if total_bytes < self.limits.min_total_bytes:
            raise input_too_small(self.limits.min_total_bytes)

    async def documents(self, *, per_line: bool) -> AsyncIterator[Document]:
        """Yield every line or file as a document, or as the error that it has."""
        count = 0
        async for document in self._lines() if per_line else self._whole_files():
            count += 1
            if count > self.limits.max_documents:
                raise too_many_documents(self.limits.max_documents)
            if document.error or document.text.strip():
                yield document

    async def _files(self) -> AsyncIterator[_File]:
        pages = self.client.get_paginator("list_objects_v2").paginate(
            Bucket=self.location.bucket, Prefix=self.location.key
        )
        with _reading():
            async for page in pages:
                for entry in page.get("Contents", []):
                    if not entry["Key"].endswith("/"):
                        yield _File(entry["Key"], entry["Size"])

    async def _lines(self) -> AsyncIterator[Document]:
        async for file in self._files():
            number = 0
            async for line in self._lines_of(file):
                document = self._document(line, file, number)
                number += 1
                yield document
                if document.error is UNSUPPORTED_ENCODING:
                    break

    async def _lines_of(self, file: _File) -> AsyncIterator[bytes]:
        splitter = LineSplitter(max_bytes=self.limits.max_document_bytes)
        with _reading():
            answer = await self.client.get_object(Bucket=self.location.bucket, Key=file.key)
            async with answer["Body"] as body:
                async for chunk in body.iter_chunks(_CHUNK_BYTES):
                    for line in splitter.feed(chunk):
                        yield line
        for line in splitter.end():
            yield line

    async def _whole_files(self) -> AsyncIterator[Document]:
        waiting: list[_File] = []
        async for file in self._files():
            waiting.append(file)
            if len(waiting) == _FILES_AT_ONCE:
                for document in await asyncio.gather(*map(self._whole, waiting)):
                    yield document
                waiting = []
        for document in await asyncio.gather(*map(self._whole, waiting)):
            yield document

    async def _whole(self, file: _File) -> Document:
        """Read a file as far as is needed to tell that it is too long."""
        last = self.limits.max_document_bytes
        if not file.size_bytes:
            return self._document(b"", file, None)
        with _reading():
            answer = await self.client.get_object(
                Bucket=self.location.bucket, Key=file.key, Range=f"bytes=0-{last}"
            )
            async with answer["Body"] as body:
                return self._document(await body.read(), file, None)

    def _document(self, content: bytes, file: _File, line: int | None) -> Document:
        return Document.of(content, file=file.name, line=line, max_bytes=self.limits.max_document_bytes)


@contextmanager
def _reading() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        raise no_read_access() from error
