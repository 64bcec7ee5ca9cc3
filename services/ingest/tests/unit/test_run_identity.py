"""A run is named by the bytes that it is made of, and no byte is read without need.

The bucket in memory behaves as one under SSE-KMS: each stored object has an ETag of its own.
"""

import asyncio
from datetime import timedelta

import pytest

from fondly.contracts.errors import TransientError
from fondly.contracts.events import RunFinished
from fondly.contracts.run_id import run_id
from fondly.runtime.runs.run import RunStatus
from services.ingest.tests.fakes import (
    Bench,
    csv_lines,
    limits,
    message,
    notification,
    numbered,
    sha256,
)
from services.ingest.tests.sets import FOLDER, Shop

KEY = "uploads/shop.csv"
BODY, OTHER = csv_lines([numbered(1)]), csv_lines([numbered(2)])


def id_of(body: bytes) -> str:
    """The id of the run of a single file."""
    return run_id("data", {KEY: sha256(body)})


async def test_the_same_bytes_again_are_the_same_run_whatever_their_etag() -> None:
    """Nothing is announced twice, and the ledger knows the new object: it is read only once."""
    bench = Bench()
    await bench.upload(KEY, BODY)
    first = bench.files.content(KEY).etag
    await bench.upload(KEY, BODY)
    assert bench.files.content(KEY).etag != first
    assert [run.run_id for run in await bench.ledger.runs()] == [id_of(BODY)]
    assert len(bench.parts) == 1
    assert bench.files.saved == [KEY, KEY]
    await bench.notify(KEY)
    assert bench.files.saved == [KEY, KEY]


async def test_the_pointer_to_the_latest_run_has_the_digest_of_each_stored_object() -> None:
    """It tells a run's upload from another, for ingest's messages and for whoever retries the run."""
    bench = Bench()
    await bench.upload(KEY, BODY)
    (kept,) = (await bench.latest.get(f"s3://data/{KEY}")).files
    assert (kept["etag"], kept["sha256"]) == (bench.files.content(KEY).etag, sha256(BODY))


async def test_a_message_that_returns_after_a_crash_reads_the_file_once_more() -> None:
    """Its digest is known by then, so ingest is all that reads it."""
    bench = Bench()
    announce = bench.announcer.announce

    async def die(*_: object) -> None:
        object.__setattr__(bench.announcer, "announce", announce)
        raise TransientError("killed")

    object.__setattr__(bench.announcer, "announce", die)
    with pytest.raises(TransientError):
        await bench.upload(KEY, BODY)
    await bench.notify(KEY)
    assert bench.files.saved == [KEY, KEY]
    assert len(bench.parts) == 1


async def test_a_file_that_is_replaced_while_it_is_read_starts_nothing() -> None:
    """The replacement has a notification of its own."""
    bench = Bench()
    append = bench.files.saved.append

    def replace(key: str) -> None:
        append(key)
        if len(bench.files.saved) == 1:
            bench.objects.stored[KEY] = OTHER
            bench.files.touch(KEY)

    bench.files.on_save = replace
    await bench.upload(KEY, BODY)
    assert await bench.ledger.runs() == []
    await bench.notify(KEY)
    assert [run.run_id for run in await bench.ledger.runs()] == [id_of(OTHER)]


async def test_a_file_that_is_too_large_is_never_downloaded() -> None:
    """Its run fails with the size, once however often it is announced."""
    bench = Bench(limits(max_bytes=10))
    await bench.upload(KEY, BODY)
    await bench.notify(KEY)
    assert bench.files.saved == []
    (run,) = await bench.ledger.runs()
    assert run.reason == (f"{KEY}: found {len(BODY)} bytes, larger than the limit of 10 bytes")
    assert len(set(bench.announcer.ids)) == 1


async def test_the_checksum_that_s3_has_checked_spares_the_reading() -> None:
    """Bytes that are known by it are not downloaded to find out that their run has been ingested."""
    bench = Bench()
    await bench.upload(KEY, BODY)
    bench.files.checksums[KEY] = sha256(BODY)
    await bench.upload(KEY, BODY)
    assert [run.run_id for run in await bench.ledger.runs()] == [id_of(BODY)]
    assert bench.files.saved == [KEY]


@pytest.mark.parametrize("kept", ["files", "nothing"])
async def test_a_run_from_before_ids_were_digests_keeps_its_name(kept: str) -> None:
    """A message about it that returns after an upgrade starts no second run."""
    bench = Bench()
    bench.objects.stored[KEY] = BODY
    bench.files.touch(KEY)
    (stored,) = await bench.files.stored("uploads/")
    former = run_id("data", {KEY: stored.etag})
    files = {"role": "combined", "key": KEY, "etag": stored.etag, "modified": stored.modified.isoformat()}
    after, source = await bench.latest.get(f"s3://data/{KEY}"), f"s3://data/{KEY}"
    await bench.latest.move(source, former, after=after, files=[files] if kept == "files" else [])
    await bench.ledger.open_run(former, source=source)
    await bench.notify(KEY)
    await bench.notify(KEY)
    assert [run.run_id for run in await bench.ledger.runs()] == [former]
    assert bench.run_ids == [former]
    assert len(bench.parts) == 1


async def test_a_late_message_about_a_superseded_and_deleted_file_fails_no_run() -> None:
    """A later version has been read; an upload that nobody has read is another matter."""
    bench = Bench()
    await bench.upload(KEY, BODY)
    uploaded, etag = bench.files.now, bench.files.content(KEY).etag
    await bench.upload(KEY, OTHER)
    del bench.objects.stored[KEY]
    ended = len(bench.announcer.of(RunFinished))
    await bench.handler(message(notification(KEY, etag=etag, at=uploaded)))
    assert len(bench.announcer.of(RunFinished)) == ended
    later = bench.files.now + timedelta(seconds=1)
    await bench.handler(message(notification(KEY, etag="new", at=later)))
    failed = [run for run in await bench.ledger.runs() if run.status is RunStatus.FAILED]
    assert failed[-1].reason == f"{KEY}: deleted before it was read"


async def test_a_bad_manifest_uploaded_again_fails_the_same_run() -> None:
    """It has another ETag and the same content."""
    shop = Shop()
    for _ in range(2):
        await shop.upload_manifest("../products.csv")
    assert len(await shop.ledger.runs()) == 1


async def test_a_set_whose_files_are_announced_at_once_is_read_once() -> None:
    """One message downloads them; the others wait, and find what they are and that their run is ingested."""
    shop = Shop()
    names = ("products.csv", "customers.csv", "reviews.csv")
    for name in names:
        shop.put(name, "day 1")
    await asyncio.gather(*(shop.notify(name) for name in names))
    assert sorted(shop.files.saved) == sorted(FOLDER + name for name in names)
    assert shop.read == [dict.fromkeys(names, "day 1")]


async def test_files_after_a_used_manifest_are_not_all_read_for_each_of_them() -> None:
    """The newest tells that the manifest is the last delivery's."""
    shop = Shop()
    names = ("products.csv", "customers.csv", "reviews.csv")
    for name in names:
        shop.put(name, "day 1")
    shop.put_manifest(*({"name": name, "sha256": sha256(b"day 1")} for name in names))
    await shop.notify("manifest.json")
    before = len(shop.files.saved)
    await shop.upload_all(names, "day 2")
    assert shop.files.saved[before:] == [FOLDER + name for name in names]
