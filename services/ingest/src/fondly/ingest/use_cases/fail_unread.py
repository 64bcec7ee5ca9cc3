"""Fails a run of its own for an upload that was deleted before anybody had read it."""

from collections.abc import Mapping
from datetime import datetime

from fondly.contracts.run_id import run_id
from fondly.ingest.domain.uploads import Upload
from fondly.ingest.use_cases.find_delivery import Source
from fondly.ingest.use_cases.start_tools import Tools
from fondly.runtime.logs import get_logger

log = get_logger()


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
