"""Uploads a file, or the files of a set, so that exactly one run starts, and waits for ingest's verdict."""

import asyncio
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pydantic import BaseModel

from fondly.contracts import object_keys
from fondly.contracts.ingest_report import IngestReport
from fondly.contracts.run_id import run_id
from fondly.ingest.domain.errors import FileError
from fondly.ingest.domain.file_names import MANIFEST, MAPPING
from fondly.ingest.use_cases.verify_files import sha256_of
from fondly.operations.audit import noted
from fondly.operations.check.upload_set import files_of_set, manifest_of
from fondly.operations.environment import Environment
from fondly.operations.errors import OperationError
from fondly.runtime.clients import S3Client
from fondly.runtime.runs.latest import LatestRuns

Watch = Callable[[int], None]
"""Told of bytes that are uploaded."""
POLL_S = 1.0


def uploads_of(data: Path) -> list[Path]:
    """Return what to upload, in order: a file after the mapping beside it, or a folder's set, manifest last.

    Raises `OperationError` for what is no file and no set.
    """
    if data.is_file():
        mapping = data.parent / MAPPING
        return [mapping, data] if mapping.is_file() else [data]
    if not data.is_dir():
        raise OperationError(f"no such file or folder: {data}")
    try:
        return files_of_set(data)
    except FileError as error:
        raise OperationError(str(error)) from error


@dataclass(frozen=True)
class Upload:
    """Files in the order of their upload, by the names that they get under `uploads/`."""

    files: Sequence[Path]

    @cached_property
    def objects(self) -> Mapping[str, Path]:
        """Each file by its key; several share a folder, named after theirs."""
        own = self.has_manifest
        return {
            f"{object_keys.UPLOADS}{self._folder}{path.name if own else _slug(path.name)}": path
            for path in self.files
        }

    @property
    def has_manifest(self) -> bool:
        """Whether one of the files is a manifest; otherwise one is written, unless there is one file."""
        return self.files[-1].name == MANIFEST

    @property
    def address(self) -> str:
        """The key, or the folder, by which ingest knows the upload."""
        return f"{object_keys.UPLOADS}{self._folder or _slug(self.files[0].name)}"

    def run_id(self, bucket: str) -> str:
        """Return the id of the run that these contents make."""
        named = {key: path for key, path in self.objects.items() if path.name != MANIFEST}
        return run_id(bucket, {key: sha256_of(path) for key, path in named.items()})

    async def put(self, s3: S3Client, bucket: str, watch: Watch = lambda _: None) -> None:
        """Store the files in order; the manifest comes last, so that exactly one run starts."""
        for key, path in self.objects.items():
            with await asyncio.to_thread(path.open, "rb") as file:
                await s3.put_object(Bucket=bucket, Key=key, Body=file)
                watch(file.tell())
        if len(self.files) > 1 and not self.has_manifest:
            names = ((key.rpartition("/")[2], path) for key, path in self.objects.items())
            manifest = await asyncio.to_thread(manifest_of, names)
            await s3.put_object(Bucket=bucket, Key=f"{self.address}{MANIFEST}", Body=manifest)

    @property
    def _folder(self) -> str:
        return f"{_slug(self.files[0].absolute().parent.name)}/" if len(self.files) > 1 else ""


class Verdict(BaseModel):
    """What ingest says of an upload's run."""

    run_id: str
    is_known: bool
    """Whether the same contents have been uploaded before: nothing is read or paid for again."""
    failed: str | None
    """Why the run does not go on; None if it does."""
    report: IngestReport


class Begun(BaseModel):
    """An upload that is stored."""

    run_id: str
    """Of the run that its contents make."""
    is_known: bool
    """As of the verdict."""
    source: str
    before: str | None
    """The source's run until then."""


async def begin(environment: Environment, files: Upload, *, by: str, watch: Watch = lambda _: None) -> Begun:
    """Store the files, which starts their run."""
    bucket = (await environment.objects()).bucket
    runs = LatestRuns(environment.dynamodb, await environment.table("runs"))
    source = f"s3://{bucket}/{files.address}"
    expected, before = await asyncio.to_thread(files.run_id, bucket), await runs.get(source)
    known = await (await environment.ledger()).find(expected)
    async with noted(environment, by=by, act="upload", about=expected):
        await files.put(environment.s3, bucket, watch)
    return Begun(run_id=expected, is_known=known is not None, source=source, before=before.run_id)


async def upload(
    environment: Environment,
    files: Upload,
    *,
    by: str,
    watch: Watch,
    begun: Callable[[str], None],
    timeout_s: float,
) -> Verdict:
    """Upload and return ingest's verdict; `begun` is told the id of the run once the files are stored.

    Raises `OperationError` if there is no verdict in time.
    """
    stored = await begin(environment, files, by=by, watch=watch)
    begun(stored.run_id)
    runs = LatestRuns(environment.dynamodb, await environment.table("runs"))
    deadline = time.monotonic() + timeout_s
    while True:
        latest = (await runs.get(stored.source)).run_id
        wanted = stored.run_id if latest in {None, stored.before} else str(latest)
        if verdict := await _verdict(environment, wanted, is_known=stored.is_known):
            return verdict
        if time.monotonic() > deadline:
            raise OperationError(
                f"no verdict on {files.address} within {timeout_s / 60:.0f} min: `fondly queues` says whether"
                f" ingest is at work, `fondly run show {wanted}` what became of it"
            )
        await asyncio.sleep(POLL_S)


async def _verdict(environment: Environment, wanted: str, *, is_known: bool) -> Verdict | None:
    """Return the verdict on a run, once its files have been read or it has ended."""
    run = await (await environment.ledger()).find(wanted)
    if run is None or (run.is_open and run.parts is None):
        return None
    stored = await (await environment.objects()).find(object_keys.ingest_report(wanted))
    report = IngestReport.model_validate_json(stored) if stored else IngestReport()
    failed = report.failed or (run.reason if run.parts is None else None)
    return Verdict(run_id=wanted, is_known=is_known, failed=failed, report=report)


def _slug(name: str) -> str:
    """A file name that every emulator reports unchanged in its notifications."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name) or "upload"
