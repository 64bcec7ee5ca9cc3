"""The output of jobs: `output.tar.gz` with one member, `output`, of JSON lines."""

import asyncio
import tarfile
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from itertools import islice
from typing import IO, TYPE_CHECKING

from fondly.contracts.errors import PermanentError
from fondly.sentiment.domain.job_output import JobLine, read_line

if TYPE_CHECKING:
    from types_aiobotocore_s3.client import S3Client

MEMBER = "output"
CHUNK_BYTES = 1 << 20


class S3JobOutputs:
    """Reads outputs through a temporary file: they may be larger than memory."""

    def __init__(self, s3: "S3Client", bucket: str) -> None:
        self._s3 = s3
        self._bucket = bucket

    async def lines(self, key: str, *, at_once: int) -> AsyncIterator[Sequence[JobLine]]:
        """Yield the lines of an output in groups of at most `at_once`.

        Raises `PermanentError` if the archive does not hold what Comprehend writes.
        """
        with tempfile.TemporaryFile() as file:
            await self._save(key, file)
            found = _lines(file, key)
            while lines := await asyncio.to_thread(lambda: list(islice(found, at_once))):
                yield lines

    async def _save(self, key: str, file: IO[bytes]) -> None:
        reply = await self._s3.get_object(Bucket=self._bucket, Key=key)
        async with reply["Body"] as body:
            async for chunk in body.iter_chunks(CHUNK_BYTES):
                await asyncio.to_thread(file.write, chunk)
        file.seek(0)


def _lines(file: IO[bytes], key: str) -> Iterator[JobLine]:
    with tarfile.open(fileobj=file, mode="r:gz") as archive:
        member = next((one for one in archive if one.name == MEMBER and one.isfile()), None)
        output = None if member is None else archive.extractfile(member)
        if output is None:
            raise PermanentError(f"{key} has no file named {MEMBER!r}")
        for line in output:
            yield read_line(line)
