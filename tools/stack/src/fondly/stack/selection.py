"""A selection of a run's emails as a page on disk, which any browser shows."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from aiobotocore.session import get_session

from fondly.operations.emails.finished import Emails
from fondly.runtime.quick_reads import quick_reads
from fondly.runtime.storage import S3Objects
from fondly.stack.collect import collect
from fondly.stack.observer import Observer
from fondly.stack.provision import Resources

PAGE = "index.html"


async def write_gallery(emails: Emails, chosen: Mapping[int, Sequence[str]], out: Path) -> Path:
    """Write the emails of these customers, by part, as a gallery into a folder; return its page."""
    async with _store(emails) as store:
        run = emails.run
        only = {part: frozenset(customers) for part, customers in chosen.items()}
        summary = {"run_id": run.run_id, "status": run.status.value}
        await collect(store, run.run_id, run.parts or 0, out, summary, only=only)
    return out / PAGE


@asynccontextmanager
async def _store(emails: Emails) -> AsyncIterator[Observer]:
    environment, bucket = emails.environment, emails.objects.bucket
    async with quick_reads(get_session(), environment.s3, bucket) as quick:
        objects = S3Objects(environment.s3, bucket, quick=quick)
        tables = {"emails": environment.table_name("emails")}
        yield Observer(Resources(tables=tables), await environment.ledger(), objects, environment)
