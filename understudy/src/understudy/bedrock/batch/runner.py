"""Does the work of a job: reads records, asks the model, writes answers."""

from __future__ import annotations

import asyncio
import random
from contextlib import aclosing
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING

from understudy.bedrock.batch.errors import too_few_records, too_many_records
from understudy.bedrock.batch.files import Files

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Sequence

    from understudy.bedrock.batch.answers import Answers
    from understudy.bedrock.batch.files import Record
    from understudy.bedrock.batch.job import Job
    from understudy.s3 import S3ClientFactory

MIN_RECORDS = 100
MAX_RECORDS = 100_000
"""Quotas of Claude's models; other models have others."""

_RECORDS_AT_ONCE = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRunner:
    """Runs jobs. Records are answered a bounded number at a time, and answers wait on disk.

    The order of answers is not that of records, so that no client relies on it.
    """

    answers: Answers
    s3: S3ClientFactory
    min_records: int = MIN_RECORDS

    async def validate(self, job: Job) -> None:
        """Count the records; raise JobFailedError for files, records or numbers that no job may have."""
        count = 0
        async with self.s3() as client:
            files = Files(client, job)
            await files.check_output()
            for key in await files.keys():
                async for _ in files.records(key):
                    count += 1
        if count < self.min_records:
            raise too_few_records(job.arn, count, self.min_records)
        if count > MAX_RECORDS:
            raise too_many_records(job.arn, count, MAX_RECORDS)
        job.tally.total = count

    async def run(self, job: Job) -> None:
        """Answer the records until the job is stopping, and write what has been answered."""
        async with self.s3() as client:
            files = Files(client, job)
            for key in await files.keys():
                with TemporaryFile() as lines:
                    await self._answer(job, files.records(key), lines)
                    lines.seek(0)
                    await files.write(key, lines)
            await files.write_manifest()

    async def _answer(self, job: Job, records: AsyncIterator[Record], lines: IO[bytes]) -> None:
        order = random.Random(job.id)  # noqa: S311 - an order without meaning, not a secret
        async with aclosing(_batches(records)) as batches:
            async for batch in batches:
                if job.stopping:
                    return
                answered = await asyncio.gather(*(self.answers.answer(record, job) for record in batch))
                order.shuffle(answered)
                lines.writelines(answered)


async def _batches(records: AsyncIterator[Record]) -> AsyncGenerator[Sequence[Record]]:
    batch: list[Record] = []
    async for record in records:
        batch.append(record)
        if len(batch) == _RECORDS_AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch
