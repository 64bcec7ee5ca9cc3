"""Does the work of a job: reads documents, finds results, writes them."""

from __future__ import annotations

import json
from contextlib import aclosing
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING

from understudy.comprehend.jobs.output import Output, pack
from understudy.comprehend.jobs.source import Source
from understudy.comprehend.limits import MAX_DOCUMENTS

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Sequence

    from understudy.comprehend.analyses import Analysis
    from understudy.comprehend.jobs.documents import Document
    from understudy.comprehend.jobs.job import Job
    from understudy.comprehend.limits import JobLimits
    from understudy.s3 import S3ClientFactory
    from understudy.workers import Workers


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRunner:
    """Runs jobs of one analysis. Results wait on disk until they are packed, so memory is bounded."""

    analysis: Analysis
    limits: JobLimits
    workers: Workers
    s3: S3ClientFactory

    async def run(self, job: Job) -> bool:
        """Do a job; return False if it was asked to stop before all documents were done.

        What has been done until then is written. Raises JobFailedError with the reason for which it fails.
        """
        async with self.s3() as client:
            source, output = Source(client, job.source, self.limits), Output(client, job.target)
            await output.check()
            await source.check()
            with TemporaryFile() as lines, TemporaryFile() as archive:
                complete = await self._find(job, source, lines)
                await self.workers.run(pack, lines, archive)
                await output.write(archive)
        return complete

    async def _find(self, job: Job, source: Source, lines: IO[bytes]) -> bool:
        documents = source.documents(per_line=job.one_document_per_line)
        async with aclosing(_batches(documents)) as batches:
            async for batch in batches:
                if job.stop_requested:
                    return False
                await self.workers.run(self._write, batch, job.detail["LanguageCode"], lines)
        return True

    def _write(self, batch: Sequence[Document], language: str, lines: IO[bytes]) -> None:
        texts = [document.text for document in batch if document.error is None]
        found = iter(self.analysis.find(texts, language))
        for document in batch:
            result = document.result({} if document.error else next(found))
            lines.write(json.dumps(result, ensure_ascii=False).encode() + b"\n")


async def _batches(documents: AsyncIterator[Document]) -> AsyncGenerator[list[Document]]:
    """Yield as many documents at a time as a synchronous call takes."""
    batch: list[Document] = []
    async for document in documents:
        batch.append(document)
        if len(batch) == MAX_DOCUMENTS:
            yield batch
            batch = []
    if batch:
        yield batch
