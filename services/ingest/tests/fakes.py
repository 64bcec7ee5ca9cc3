"""The service over in-memory doubles, and small files to upload, for tests."""

import asyncio
import csv
import hashlib
import io
import json
from collections.abc import AsyncIterator, Callable, Sequence
from collections.abc import Mapping as Cells
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

from fondly.contracts import object_keys
from fondly.contracts.events import DataIngested
from fondly.contracts.ingest_report import IngestReport
from fondly.contracts.records import Customer, Product, SharedText
from fondly.ingest.domain.file_sets import StoredFile
from fondly.ingest.domain.formats.mapping import Mapping
from fondly.ingest.domain.rejects import Reject
from fondly.ingest.domain.rows.people import ExclusionRules
from fondly.ingest.domain.values.conventions import Defaults
from fondly.ingest.handler import IngestHandler
from fondly.ingest.ports import VanishedError
from fondly.ingest.use_cases.find_run_files import FindRunFiles
from fondly.ingest.use_cases.find_unchanged import FindUnchanged
from fondly.ingest.use_cases.ingest_events import IngestEvents
from fondly.ingest.use_cases.ingest_upload import IngestUpload, Limits
from fondly.ingest.use_cases.load_files import LoadRules
from fondly.ingest.use_cases.publish_parts import Publication
from fondly.ingest.use_cases.source_files import ReadingRules
from fondly.ingest.use_cases.start_run import StartRun
from fondly.ingest.use_cases.start_tools import SetLimits, Tools
from fondly.ingest.use_cases.supersede import Supersede
from fondly.runtime.queue.message import Message
from fondly.runtime.runs.run import Run, StageName
from tests.support.runs import Runs
from tests.support.stores import InMemoryAnnouncer, InMemoryItems, InMemoryObjects

BUCKET = "data"
EPOCH = datetime(2026, 11, 24, tzinfo=UTC)
ROW: Cells[str, str] = {
    "product_id": "P1",
    "product_name": "Braided cable",
    "category": "Computers|Cables",
    "discounted_price": "₹399",
    "actual_price": "₹1,099",
    "discount_percentage": "64%",
    "rating": "4.2",
    "rating_count": "24,269",
    "about_product": "Strong|Long",
    "user_id": "C1",
    "user_name": "Asha",
    "review_id": "R1",
    "review_title": "Satisfied",
    "review_content": "Looks durable, charging is fine",
    "img_link": "https://images.example.com/1.jpg",
    "product_link": "https://shop.example.com/p/1",
}


def numbered(number: int, **cells: str) -> dict[str, str]:
    """A valid row of the combined format: product, customer and review `number`."""
    own = {"product_id": f"P{number}", "user_id": f"C{number}", "review_id": f"R{number}"}
    return {**ROW, **own, **cells}


def csv_lines(rows: Sequence[Cells[str, str]], *, header: bool = True) -> bytes:
    """The rows as UTF-8 CSV; the first row's names are the header."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    if header:
        writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def sha256(body: bytes) -> str:
    """The digest of a content, which names its run."""
    return hashlib.sha256(body).hexdigest()


def notification(
    key: str,
    *,
    etag: str = "",
    bucket: str = BUCKET,
    name: str = "ObjectCreated:Put",
    at: datetime | None = None,
) -> str:
    """The body of S3's notification about one object."""
    entity = {"bucket": {"name": bucket}, "object": {"key": quote_plus(key), "size": 1, "eTag": etag}}
    record = {"eventSource": "aws:s3", "eventName": name, "s3": entity}
    return json.dumps({"Records": [record | ({"eventTime": at.isoformat()} if at else {})]})


def message(body: str) -> Message:
    """A message received for the first time."""
    return Message(message_id="m-1", receipt="r-1", body=body, receive_count=1, first_received_ms=0)


@dataclass(frozen=True)
class InMemoryContent:
    """An open upload in memory; its ETag is that of the stored object and no digest, as under SSE-KMS."""

    key: str
    body: bytes
    modified: datetime
    sha256: str | None = None
    """The checksum that S3 has of it, if the upload came with one."""
    on_save: Callable[[str], None] = lambda _key: None

    @property
    def etag(self) -> str:
        """Another one for the same bytes stored at another time."""
        return hashlib.md5(f"{self.modified} {self.body!r}".encode(), usedforsecurity=False).hexdigest()

    @property
    def size_bytes(self) -> int:
        """The length of the content."""
        return len(self.body)

    async def save(self, path: Path) -> None:
        """Write the content to a file."""
        self.on_save(self.key)
        await asyncio.to_thread(path.write_bytes, self.body)


class InMemoryFiles:
    """An `InMemoryObjects` as the bucket that ingest reads and writes."""

    name = BUCKET

    def __init__(self, objects: InMemoryObjects) -> None:
        self._objects = objects
        self.now = EPOCH
        self.modified: dict[str, datetime] = {}
        self.checksums: dict[str, str] = {}
        """The SHA-256 checksums that objects were uploaded with, by key."""
        self.saved: list[str] = []
        """The key of each object that was read completely, as often as it was."""
        self.on_save: Callable[[str], None] = self.saved.append

    def content(self, key: str) -> InMemoryContent:
        """The object with this key as it is now; `VanishedError` when there is none."""
        if key not in self._objects.stored:
            raise VanishedError("deleted before it was read")
        modified = self.modified.get(key, EPOCH)
        return InMemoryContent(
            key, self._objects.stored[key], modified, self.checksums.get(key), self.on_save
        )

    def touch(self, key: str, *, after: timedelta = timedelta(seconds=1)) -> None:
        """Let time pass and an object be modified now; others were at the beginning."""
        self.now += after
        self.modified[key] = self.now

    @asynccontextmanager
    async def open(self, key: str) -> AsyncIterator[InMemoryContent]:
        """Open an object; `VanishedError` when there is none."""
        yield self.content(key)

    async def read(self, key: str, *, max_bytes: int) -> bytes:
        """The object, or one byte more than `max_bytes` of it; `VanishedError` when there is none."""
        async with self.open(key) as content:
            return content.body[: max_bytes + 1]

    async def stored(self, folder: str) -> list[StoredFile]:
        """The objects directly in a folder, oldest first."""
        found = [
            StoredFile(key, self.content(key).etag, self.modified.get(key, EPOCH))
            for key in self._objects.stored
            if key.rpartition("/")[0] + "/" == folder
        ]
        return sorted(found, key=lambda file: (file.modified, file.key))

    async def put_file(self, key: str, path: Path, *, content_type: str) -> None:
        """Store a file."""
        body = await asyncio.to_thread(path.read_bytes)
        self.touch(key)
        await self._objects.put(key, body, content_type=content_type)


NOT_ASKED = ExclusionRules(consent_not_required="a test")
"""Most files here are about something else than consent."""


def limits(
    *,
    max_rejected_share: float = 1.0,
    exclusion: ExclusionRules = NOT_ASKED,
    max_bytes: int = 2**32,
    part_records: int = 250,
    mapping: Mapping | None = None,
    defaults: Defaults = Defaults("INR", "en_IN", "UTC"),  # noqa: B008 - frozen
) -> Limits:
    """Limits of an Indian shop; any share of rows may be rejected, so that a test can be about few rows."""
    rules = LoadRules(
        reading=ReadingRules(defaults, max_bytes=max_bytes),
        exclusion=exclusion,
        max_rejected_share=max_rejected_share,
    )
    return Limits(load=rules, part_records=part_records, mapping=mapping)


class Bench:
    """The whole service in memory: upload, then inspect the outcome."""

    def __init__(self, chosen: Limits | None = None, announcer: InMemoryAnnouncer | None = None) -> None:
        self.runs = Runs()
        self.ledger = self.runs.ledger
        self.latest = self.runs.latest
        self.objects = InMemoryObjects()
        self.products = InMemoryItems("product_id")
        self.customers = InMemoryItems("customer_id")
        self.customer_keys = InMemoryItems("customer_key", "customer_id")
        self.suppressions = InMemoryItems("entry")
        self.announcer = announcer or InMemoryAnnouncer()
        stage = self.runs.stage(StageName.INGEST, self.announcer)
        self.files = files = InMemoryFiles(self.objects)
        self.dispatches = InMemoryItems("run_id", "customer_id")
        self.publication = Publication(
            files=files,
            objects=self.objects,
            products=self.products,
            customers=self.customers,
            unchanged=FindUnchanged(self.objects, self.customers, self.dispatches, days=7),
            customer_keys=self.customer_keys,
            suppressions=self.suppressions,
            announcer=self.announcer,
            ledger=self.ledger,
            stage=stage,
        )
        chosen = chosen or limits()
        self.ingest_upload = IngestUpload(self.publication, chosen)
        sizes = SetLimits(max_bytes=chosen.load.reading.max_bytes)
        supersede = Supersede(self.latest, self.ledger, self.announcer)
        find = FindRunFiles(files, self.ledger)
        tools = Tools(files, self.ledger, stage, supersede, self.ingest_upload, find, sizes)
        ingest_events = IngestEvents(
            files=files,
            objects=self.objects,
            suppressions=self.suppressions,
            announcer=self.announcer,
            locks=self.runs.locks,
            limits=chosen,
        )
        self.handler = IngestHandler(files.name, StartRun(tools), ingest_events)

    async def upload(self, key: str, body: bytes) -> None:
        """Store an object and handle the notification about it."""
        self.objects.stored[key] = body
        self.files.touch(key)
        await self.notify(key)

    async def notify(self, key: str) -> None:
        """Handle a notification about the object in its current state, which may be deleted."""
        etag = self.files.content(key).etag if key in self.objects.stored else ""
        await self.handler(message(notification(key, etag=etag, at=self.files.modified.get(key))))

    async def run(self) -> Run:
        """The only run."""
        (run_id,) = self.run_ids
        return await self.ledger.run(run_id)

    @property
    def run_ids(self) -> list[str]:
        """Every run with an announced event."""
        return list(dict.fromkeys(run_id for run_id, _ in self.announcer.announced))

    @property
    def parts(self) -> list[DataIngested]:
        """The announced parts, in order."""
        return [data for data in self.announcer.of(DataIngested) if isinstance(data, DataIngested)]

    async def stored_products(self) -> list[Product]:
        """The run's catalogue."""
        return await self.objects.get_lines(object_keys.products((await self.run()).run_id), Product)

    async def stored_customers(self) -> list[Customer]:
        """The run's customers, from all announced parts."""
        return [one for part in self.parts for one in await self.objects.get_lines(part.key, Customer)]

    async def stored_texts(self) -> list[SharedText]:
        """The run's texts of unknown reviewers, from all announced parts that have any."""
        run_id = (await self.run()).run_id
        keys = [object_keys.shared_texts(run_id, part.part) for part in self.parts if part.shared_texts]
        return [one for key in keys for one in await self.objects.get_lines(key, SharedText)]

    async def rejects(self) -> list[Reject]:
        """The run's rejects."""
        return await self.objects.get_lines(object_keys.rejects((await self.run()).run_id), Reject)

    async def report(self) -> IngestReport:
        """What the run's report says of its files."""
        stored = await self.objects.get(object_keys.ingest_report((await self.run()).run_id))
        return IngestReport.model_validate_json(stored)

    async def counts(self) -> dict[str, Any]:
        """The counts in the run's report on the file."""
        reports = await self.ledger.reports((await self.run()).run_id)
        return next(report.counts for report in reports if report.name == "file")
