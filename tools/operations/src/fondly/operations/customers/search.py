"""Searches everything that an environment has for customers: it knows nothing of how they are forgotten."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, cast

from botocore.exceptions import ClientError

from fondly.contracts.clock import SECONDS_PER_DAY
from fondly.contracts.consent import address_entry, customer_entry
from fondly.contracts.file_names import file_name
from fondly.contracts.object_keys import REQUESTS
from fondly.operations.cleanup.scope import Scope
from fondly.operations.customers.proof import Findings, Place, Proof
from fondly.operations.customers.traces import Trace, Traces, Whose
from fondly.operations.customers.unpack import BLOCK_BYTES, MEMORY_BYTES, look_into
from fondly.operations.environment import NO_BUCKET, NO_QUEUE, NO_TABLE, Ignoring
from fondly.operations.errors import MissingResourceError
from fondly.operations.queues import DEPTHS
from fondly.runtime.errors import error_code
from fondly.runtime.parallel import for_each
from fondly.runtime.storage import DynamoDBItems

SEGMENTS = 4
AT_ONCE = 16
"""Versions of objects that are read at a time."""
VANISHED = frozenset({"NoSuchKey", "NoSuchVersion"})
SUPPRESSIONS = "suppressions"
CUSTOMERS = "customers"
IDENTITIES = frozenset({CUSTOMERS, "customer-keys"})
NO_LOOKING = "they cannot be looked into without being received; they end {days} days after they were sent"
TOO_SHORT = "they are figures, too: they were looked for where ids stand, and by address; see for yourself"
NOT_SHOWN = "S3 does not show what they hold: `fondly cleanup --all` removes them, or their lifecycle rule"
ARCHIVE = "they are archived: restore them and search again"
OUTSIDE = (
    (
        "Personalize",
        "it shows no users: a deletion job says how many records it removed, and AWS clears models",
    ),
    ("logs", "ids alone are in them, and they end with their retention"),
    ("backups of tables", "point-in-time recovery ends after 35 days at most"),
    (
        "what has left the system",
        "emails that were sent or came back, and what subscribers and mail providers keep: tell them",
    ),
)


@dataclass
class Search:
    """One search. `but_identities` leaves out what says who the customers are: it goes last."""

    scope: Scope
    traces: Traces
    but_identities: bool = False
    findings: Findings = field(default_factory=Findings)
    _sharing: set[str] = field(default_factory=set)
    """The names of the emails of others who have the same address."""

    async def run(self) -> Proof:
        """Look everywhere; with a million emails that takes an hour, so a line says what is being done."""
        self.scope.tell("searching every item of every table and every version of every object")
        for name in self.scope.environment.topology.tables:
            await self._table(name)
        await self.objects()
        await self._uploads()
        await self._queues()
        if self.traces.short_ids:
            self.findings.unseen("short ids within texts", TOO_SHORT, count=len(self.traces.short_ids))
        for what, why in OUTSIDE:
            self.findings.unseen(what, why, count=0)
        return self.findings.closed()

    async def _table(self, name: str) -> None:
        environment = self.scope.environment
        with Ignoring(NO_TABLE):
            keys = await environment.key_names(name)
            self.findings.proof.tables += 1
            items = DynamoDBItems(environment.dynamodb, environment.table_name(name))
            await asyncio.gather(*(self._segment(items, name, keys, number) for number in range(SEGMENTS)))

    async def _segment(self, items: DynamoDBItems, name: str, keys: list[str], segment: int) -> None:
        proof = self.findings.proof
        async for item in items.scan(segment=segment, segments=SEGMENTS):
            proof.items += 1
            if name == SUPPRESSIONS:
                proof.suppressions += item["entry"] in self._entries
            found = self.traces.in_record(item)
            if found is None:
                continue
            if found[1] is Whose.OTHERS:
                proof.others += 1
                self._sharing.add(f"{file_name(str(item['customer_id']))}.eml")
            elif not (self.but_identities and name in IDENTITIES):
                key = " ".join(str(item[each]) for each in keys)
                self.findings.found(Place(where=name, name=key, trace=found[0]))

    @cached_property
    def _entries(self) -> set[str]:
        return {*map(customer_entry, self.traces.customer_ids), *map(address_entry, self.traces.addresses)}

    async def objects(self, prefix: str = "") -> Proof:
        """Look at every version of every object below a prefix."""
        key = ""
        async for page in self._pages("list_object_versions", prefix):
            entries = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
            self.findings.proof.versions += len(page.get("Versions", []))
            for name in sorted({str(each["Key"]) for each in entries}):
                self.findings.proof.objects += name != key
                key = name
            await for_each(entries, self._version, parallel=AT_ONCE)
        return self.findings.closed()

    async def _version(self, version: Mapping[str, Any]) -> None:
        key = str(version["Key"])
        if self.but_identities and key.startswith(REQUESTS):
            return
        if trace := self.traces.in_key(key):
            self._found(version, trace)
        elif "ETag" in version:  # a delete marker has no content
            await self._content(key, version)

    async def _content(self, key: str, version: Mapping[str, Any]) -> None:
        with SpooledTemporaryFile(MEMORY_BYTES) as file:
            try:
                reply = await self.scope.environment.s3.get_object(
                    Bucket=self.scope.bucket, Key=key, VersionId=version["VersionId"]
                )
                async with reply["Body"] as body:
                    while block := await body.read(BLOCK_BYTES):
                        file.write(block)
            except ClientError as error:
                self._unreadable(key, error)
                return
            self.findings.proof.bytes += file.tell()
            file.seek(0)
            look = _Look(self.traces)
            is_email = key.endswith(".eml")
            opaque = await asyncio.to_thread(look_into, cast("BinaryIO", file), look.see, is_email=is_email)
        for why in opaque:
            self.findings.unseen(f"{key.partition('/')[0]}/…", why, example=key)
        if look.trace is None:
            self.findings.proof.others += bool(look.others)
        elif look.trace is Trace.ADDRESS and is_email and key.rpartition("/")[2] in self._sharing:
            self.findings.proof.others += 1
        else:
            self._found(version, look.trace)

    def _found(self, version: Mapping[str, Any], trace: Trace) -> None:
        of, is_latest = str(version["VersionId"]), bool(version["IsLatest"])
        place = Place(where="objects", name=version["Key"], version=of, is_latest=is_latest, trace=trace)
        self.findings.found(place)

    def _unreadable(self, key: str, error: ClientError) -> None:
        if error_code(error) == "InvalidObjectState":
            self.findings.unseen("archived objects", ARCHIVE, example=key)
        elif error_code(error) not in VANISHED:
            raise error

    async def _uploads(self) -> None:
        async for page in self._pages("list_multipart_uploads", ""):
            for upload in page.get("Uploads", []):
                what = "uploads that were never completed"
                self.findings.unseen(what, NOT_SHOWN, example=str(upload["Key"]))

    async def _pages(self, operation: Any, prefix: str) -> AsyncIterator[Mapping[str, Any]]:  # noqa: ANN401 - a name of the client's
        with Ignoring(NO_BUCKET):
            paginator = self.scope.environment.s3.get_paginator(operation)
            async for page in paginator.paginate(Bucket=self.scope.bucket, Prefix=prefix):
                yield page

    async def _queues(self) -> None:
        """Count the messages that wait, or are being handled, or are dead letters."""
        environment = self.scope.environment
        for name in environment.topology.queues:
            for find in (environment.queue_url, environment.dead_letter_url):
                with suppress(MissingResourceError), Ignoring(NO_QUEUE):
                    url = await find(name)
                    reply = await environment.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
                    self._messages(url.rpartition("/")[2], cast("Mapping[str, str]", reply["Attributes"]))

    def _messages(self, queue: str, attributes: Mapping[str, str]) -> None:
        if count := sum(int(attributes.get(each, 0)) for each in DEPTHS.values()):
            days = int(attributes.get("MessageRetentionPeriod", 0)) // SECONDS_PER_DAY
            self.findings.unseen(f"messages of {queue}", NO_LOOKING.format(days=days), count=count)


class _Look:
    """What one file says: of them, or only of others who have the same address."""

    def __init__(self, traces: Traces) -> None:
        self._traces = traces
        self.trace: Trace | None = None
        self.others = False

    def see(self, lines: list[bytes]) -> None:
        """Look at some lines; closely only if there may be something."""
        if self.trace is Trace.ID or not self._traces.may_be_in(b"\n".join(lines)):
            return
        for line in lines:
            found = self._traces.in_line(line) if self._traces.may_be_in(line) else None
            if found is None:
                continue
            trace, whose = found
            if whose is Whose.OTHERS:
                self.others = True
            elif self.trace is not Trace.ID:
                self.trace = trace
