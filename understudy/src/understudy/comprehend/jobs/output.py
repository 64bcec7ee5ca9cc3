"""Writes a job's results to S3: an archive with one member, whose lines are the results."""

from __future__ import annotations

import tarfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from botocore.exceptions import ClientError

from understudy.comprehend.errors import no_write_access

if TYPE_CHECKING:
    from collections.abc import Iterator

    from types_aiobotocore_s3 import S3Client

    from understudy.s3 import Location

_MEMBER = "output"
_CHECK = ".write_access_check_file.temp"


def pack(lines: IO[bytes], archive: IO[bytes]) -> None:
    """Write `lines`, from their start, as the only member of `archive`, and rewind it."""
    member = tarfile.TarInfo(_MEMBER)
    member.size, member.mtime = lines.tell(), int(time.time())
    lines.seek(0)
    with tarfile.open(fileobj=archive, mode="w:gz") as tar:
        tar.addfile(member, lines)
    archive.seek(0)


@dataclass(frozen=True, slots=True)
class Output:
    """Where a job's archive goes; raises JobFailedError if it cannot be written."""

    client: S3Client
    target: Location

    async def check(self) -> None:
        """Write an empty file beside the archive; AWS writes one of this name before it reads."""
        folder = self.target.key.removesuffix(self.target.base_name)
        with _writing():
            await self.client.put_object(Bucket=self.target.bucket, Key=f"{folder}{_CHECK}", Body=b"")

    async def write(self, archive: IO[bytes]) -> None:
        """Store the archive."""
        with _writing():
            await self.client.put_object(Bucket=self.target.bucket, Key=self.target.key, Body=archive)


@contextmanager
def _writing() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        raise no_write_access() from error
