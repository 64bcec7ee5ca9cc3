"""What starting a run needs; and the failed run of an upload that was deleted before it was read."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from fondly.contracts.run_id import run_id
from fondly.ingest.domain.uploads import Upload
from fondly.ingest.ports import Files, Ingest
from fondly.ingest.use_cases.find_delivery import FindDelivery, Source
from fondly.ingest.use_cases.supersede import Supersede
from fondly.runtime.logs import get_logger
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.stage import Stage

log = get_logger()


@dataclass(frozen=True, kw_only=True)
class SetLimits:
    """How long a set waits for further files, the size limit of a file, and where to put temporary files."""

    wait_s: float = 0.0
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    max_bytes: int = 4 * 1024**3
    temp_dir: Path | None = None


@dataclass(frozen=True)
class Tools:
    """The stores, the limits, and the use cases that the start of a run is made of."""

    files: Files
    ledger: Ledger
    stage: Stage
    supersede: Supersede
    ingest: Ingest
    find: FindDelivery
    limits: SetLimits = SetLimits()


async def fail_unread(tools: Tools, source: Source, upload: Upload, *, reason: str) -> None:
    """Record and announce a failed run, unless the upload, or a later one under its key, has been read.

    A repeated notification about a file that was read and deleted afterwards is not a failure. The run is
    named by the upload rather than by its content: nobody knows that, and the same bytes may come again.
    """
    bucket = tools.files.name
    latest = await tools.supersede.latest.get(source.address)
    if any(_is_as_new(each, upload) for each in latest.files):
        log.info("upload_deleted_after_ingestion", key=upload.key)
        return
    lost = run_id(bucket, {upload.key: f"{upload.etag} {upload.event} unread"})
    run = await tools.ledger.open_run(lost, source=f"s3://{bucket}/{upload.key}")
    await tools.ingest.fail(run, reason)


def _is_as_new(kept: Mapping[str, str], upload: Upload) -> bool:
    """Whether what the ledger has kept of a run's object is the upload, or a later one under its key."""
    later = upload.at is not None and upload.at <= datetime.fromisoformat(kept["modified"])
    return kept["key"] == upload.key and (kept["etag"] == upload.etag or later)
