"""Erases customers from the data bucket: from every version of every object that a run has stored."""

import asyncio
import gzip
import json
import zlib
from collections.abc import AsyncIterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from pydantic import ValidationError

from encore.cli.cleanup.scope import RUNS, Scope
from encore.cli.erasure.gone import Gone, customers_key
from encore.cli.erasure.scrub import is_told, scrubbed
from encore.contracts.object_keys import UPLOADS
from encore.contracts.records import Customer

REWRITTEN = "objects of runs rewritten"
EMAILS = "emails in the data bucket"
VERSIONS = "older versions of objects"
FILES = "uploaded files"
YOURS = "yours, and a new version of one would start a run: take them out of the next file, or give --uploads"
PACKED = (b"PK\x03\x04", b"PAR1")
"""How workbooks and Parquet files begin: what they say is not plain to see."""
UNSEEN = "workbooks and Parquet files, which are not looked into: see for yourself"
Version = Mapping[str, Any]


async def learn_customers(scope: Scope, gone: Gone) -> None:
    """Learn from the runs' files what customers are called, and which reviews they wrote."""
    async for key, versions in _keys(scope, RUNS):
        if customers_key(key):
            for version in _bodies(versions):
                for line in (await _body(scope, key, version)).splitlines():
                    _learn(line, gone)


async def erase_objects(scope: Scope, gone: Gone) -> None:
    """Take the customers out of what runs have stored; what they uploaded is the shop's own.

    The files that tell who they are, and what they wrote, go last: a repetition has to know that.
    """
    for are_customers in (False, True):
        async for key, versions in _keys(scope, RUNS):
            if customers_key(key) is not are_customers:
                continue
            if gone.is_their_email(key):
                await _delete(scope, key, versions, EMAILS)
            elif is_told(key):
                await _rewrite(scope, key, versions, gone)


async def look_at_uploads(scope: Scope, gone: Gone, *, delete: bool) -> None:
    """Count the uploaded files that mention the customers, or delete them with all versions."""
    async for key, versions in _keys(scope, UPLOADS):
        told = unseen = False
        for version in _bodies(versions):
            body = _unpacked(await _body(scope, key, version))
            unseen |= body.startswith(PACKED)
            told |= await asyncio.to_thread(gone.is_named_in, body.decode(errors="replace"))
        if told and delete:
            await _delete(scope, key, versions, FILES)
        elif told:
            scope.report.left(FILES, 1, YOURS)
        elif unseen:
            scope.report.left(f"{FILES} of other kinds", 1, UNSEEN)


async def _rewrite(scope: Scope, key: str, versions: Sequence[Version], gone: Gone) -> None:
    """Put the object without them, then delete what was before: in this order nothing is lost."""
    stale: list[Version] = []
    for version in _bodies(versions):
        body = await _body(scope, key, version)
        left = await asyncio.to_thread(scrubbed, key, body, gone)
        if left is None:
            continue
        if version["IsLatest"]:
            if not scope.dry_run:
                await _put(scope, key, version, left)
            scope.report.deleted(REWRITTEN)
        stale.append(version)
    older = sum(not version["IsLatest"] for version in stale)
    if older:
        scope.report.deleted(VERSIONS, older)
    if stale and not scope.dry_run:
        await _delete_versions(scope, key, stale)


async def _put(scope: Scope, key: str, version: Version, body: bytes) -> None:
    s3 = scope.environment.s3
    head = await s3.head_object(Bucket=scope.bucket, Key=key, VersionId=version["VersionId"])
    await s3.put_object(
        Bucket=scope.bucket, Key=key, Body=body, ContentType=head["ContentType"], Metadata=head["Metadata"]
    )


async def _delete(scope: Scope, key: str, versions: Sequence[Version], what: str) -> None:
    if not scope.dry_run:
        await _delete_versions(scope, key, versions)
    scope.report.deleted(what)


async def _delete_versions(scope: Scope, key: str, versions: Sequence[Version]) -> None:
    objects: Any = [{"Key": key, "VersionId": each["VersionId"]} for each in versions]
    for start in range(0, len(objects), 1_000):
        reply = await scope.environment.s3.delete_objects(
            Bucket=scope.bucket, Delete={"Objects": objects[start : start + 1_000], "Quiet": True}
        )
        if refused := reply.get("Errors", []):
            scope.report.failure(VERSIONS, f"S3 refused: {refused[0].get('Code')}", len(refused))


async def _keys(scope: Scope, prefix: str) -> AsyncIterator[tuple[str, list[Version]]]:
    """Yield the keys below a prefix with all their versions, delete markers included, one key at a time."""
    pages = scope.environment.s3.get_paginator("list_object_versions").paginate(
        Bucket=scope.bucket, Prefix=prefix
    )
    key, found = "", list[Version]()
    async for page in pages:
        entries: list[Version] = list(page.get("Versions", []))
        entries += [{**each, "gone": True} for each in page.get("DeleteMarkers", [])]
        for name, group in groupby(sorted(entries, key=_name), key=_name):
            if name != key:
                if found:
                    yield key, found
                key, found = name, []
            found = [*found, *group]
    if found:
        yield key, found


def _name(version: Version) -> str:
    return str(version["Key"])


def _bodies(versions: Sequence[Version]) -> list[Version]:
    return [each for each in versions if "gone" not in each]


async def _body(scope: Scope, key: str, version: Version) -> bytes:
    reply = await scope.environment.s3.get_object(
        Bucket=scope.bucket, Key=key, VersionId=version["VersionId"]
    )
    async with reply["Body"] as body:
        return await body.read()


def _learn(line: bytes, gone: Gone) -> None:
    try:
        if json.loads(line).get("customer_id") in gone.customer_ids:
            gone.learn(Customer.model_validate_json(line))
    except (ValueError, AttributeError, ValidationError):
        return


def _unpacked(body: bytes) -> bytes:
    if not body.startswith(b"\x1f\x8b"):
        return body
    try:
        return gzip.decompress(body)
    except (OSError, EOFError, zlib.error):
        return body
