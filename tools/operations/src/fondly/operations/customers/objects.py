"""Forgets customers in the data bucket: in every version of every object that a run has stored."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from itertools import groupby
from operator import itemgetter

from botocore.exceptions import ClientError

from fondly.contracts.object_keys import CLICKS, CONNECT, REQUESTS
from fondly.contracts.records import Customer
from fondly.operations.cleanup.objects import Version, delete_versions, version_pages
from fondly.operations.cleanup.scope import RUNS, Scope
from fondly.operations.customers.gone import Gone, copy_key, customers_key
from fondly.operations.customers.items import erase_answers
from fondly.operations.customers.scrub import is_told, scrubbed, theirs
from fondly.runtime.batches import async_batches
from fondly.runtime.errors import error_code
from fondly.runtime.parallel import for_each
from fondly.runtime.storage import CHANGED

REWRITTEN = "objects of runs rewritten"
EMAILS = "emails in the data bucket"
VERSIONS = "older versions of objects"
FILES = "uploaded files"
REQUESTED = "requests to be forgotten"
EMAIL = ".eml"
AT_ONCE = 16
"""Objects that are worked on at a time."""
KEYS_AT_ONCE = 256
Versions = list[Version]
Work = Callable[[str, Versions], Awaitable[None]]


async def learn_customers(scope: Scope, gone: Gone) -> None:
    """Learn from the runs' files what customers are called, and which reviews they wrote."""

    async def learn(key: str, versions: Versions) -> None:
        if customers_key(key):
            for version in bodies(versions):
                for line in (await body_of(scope, key, version)).splitlines():
                    with suppress(ValueError, AttributeError):
                        if json.loads(line).get("customer_id") in gone.customer_ids:
                            gone.learn(Customer.model_validate_json(line))

    await for_each_key(scope, RUNS, learn)


async def erase_objects(scope: Scope, gone: Gone) -> None:
    """Take the customers out of what runs have stored; what they uploaded is the shop's own.

    Clicks that we have uploaded ourselves are ours, and rewritten: that they are told again changes nothing.
    So is what connectors keep, but for who asks to be forgotten, which goes last.
    The files that tell who they are, and what they wrote, go last: a repetition has to know that.
    """

    async def rewrite(key: str, versions: Versions) -> None:
        if not key.startswith(REQUESTS):
            await _rewrite(scope, key, versions, gone)

    for are_customers in (False, True):

        async def erase(key: str, versions: Versions, *, are_customers: bool = are_customers) -> None:
            if customers_key(key) is not are_customers:
                return
            if gone.is_their_email(key):
                await _delete(scope, versions, EMAILS)
            elif is_told(key) and not key.endswith(EMAIL):
                if copy_key(key):
                    await _erase_answers(scope, key, versions, gone)
                await _rewrite(scope, key, versions, gone)

        await for_each_key(scope, RUNS, erase)
    for prefix in (CLICKS, CONNECT):
        await for_each_key(scope, prefix, rewrite)


async def erase_requests(scope: Scope, gone: Gone, asks: str = "") -> None:
    """Delete the requests of these customers, or those that ask for one thing: they are done."""

    async def erase(key: str, versions: Versions) -> None:
        for each in bodies(versions):
            asked = json.loads(await body_of(scope, key, each))
            theirs = asked["customer_id"] in gone.customer_ids or asked["email"] in gone.emails
            if theirs and asks in {"", asked["asks"]}:
                await _delete(scope, versions, REQUESTED)
                return

    await for_each_key(scope, REQUESTS, erase)


async def erase_uploads(scope: Scope, versions: Mapping[str, set[str]], *, replaced: set[str]) -> None:
    """Delete uploaded files with all versions, or of those in `replaced` only these versions.

    Nothing is rewritten: a new version of an upload would start a run.
    """
    for key, ids in sorted(versions.items()):
        if key in replaced:
            await delete_versions(scope, [{"Key": key, "VersionId": each} for each in sorted(ids)], VERSIONS)
            scope.report.deleted(f"older versions of {FILES}", len(ids))
            continue
        async for name, found in _keys(scope, key):
            if name == key:
                await _delete(scope, found, FILES)


async def for_each_key(scope: Scope, prefix: str, work: Work) -> None:
    """Do some work on each key below a prefix, with all its versions, delete markers included."""
    async for some in async_batches(_keys(scope, prefix), KEYS_AT_ONCE):
        await for_each(some, lambda found: work(*found), parallel=AT_ONCE)


async def body_of(scope: Scope, key: str, version: Version) -> bytes:
    """Return what a version holds."""
    reply = await scope.environment.s3.get_object(
        Bucket=scope.bucket, Key=key, VersionId=version["VersionId"]
    )
    async with reply["Body"] as body:
        return await body.read()


def bodies(versions: Sequence[Version]) -> Versions:
    """The versions that are no delete markers."""
    return [each for each in versions if "gone" not in each]


async def _erase_answers(scope: Scope, key: str, versions: Sequence[Version], gone: Gone) -> None:
    """Delete the answers to prompts about them, as long as an object says which these are."""
    lines = [line for each in bodies(versions) for line in theirs(key, await body_of(scope, key, each), gone)]
    keys = {answer for line in lines for answer in json.loads(line).get("answer_keys", ())}
    await erase_answers(scope, sorted(keys))


async def _rewrite(scope: Scope, key: str, versions: Sequence[Version], gone: Gone) -> None:
    """Put the object without them, then delete what was before: in this order nothing is lost."""
    stale: Versions = []
    for version in bodies(versions):
        body = await body_of(scope, key, version)
        left = await asyncio.to_thread(scrubbed, key, body, gone)
        if left is None:
            continue
        if version["IsLatest"] and not left and key.startswith(CLICKS):
            await _delete(scope, versions, REWRITTEN)  # ingest takes no empty file
            return
        if version["IsLatest"]:
            if not scope.dry_run and not await _put(scope, key, version, left):
                await _rewrite_again(scope, key, gone)
                return
            scope.report.deleted(REWRITTEN)
        stale.append(version)
    older = sum(not version["IsLatest"] for version in stale)
    if older:
        scope.report.deleted(VERSIONS, older)
    await delete_versions(scope, stale, VERSIONS)


async def _rewrite_again(scope: Scope, key: str, gone: Gone) -> None:
    """A run has just written it: begin with what there is now."""
    async for name, versions in _keys(scope, key):
        if name == key:
            await _rewrite(scope, key, versions, gone)


async def _put(scope: Scope, key: str, version: Version, body: bytes) -> bool:
    """Put an object; False if it is no longer the version that was read."""
    s3 = scope.environment.s3
    head = await s3.head_object(Bucket=scope.bucket, Key=key, VersionId=version["VersionId"])
    try:
        await s3.put_object(
            Bucket=scope.bucket,
            Key=key,
            Body=body,
            ContentType=head["ContentType"],
            Metadata=head["Metadata"],
            IfMatch=version["ETag"],
        )
    except ClientError as error:
        if error_code(error) not in CHANGED:
            raise
        return False
    return True


async def _delete(scope: Scope, versions: Sequence[Version], what: str) -> None:
    await delete_versions(scope, versions, VERSIONS)
    scope.report.deleted(what)


async def _keys(scope: Scope, prefix: str) -> AsyncIterator[tuple[str, Versions]]:
    """Yield the keys below a prefix with all their versions, delete markers included, one key at a time."""
    key, found = "", list[Version]()
    async for entries in version_pages(scope, prefix):
        for name, group in groupby(sorted(entries, key=itemgetter("Key")), key=itemgetter("Key")):
            if name != key:
                if found:
                    yield key, found
                key, found = name, []
            found = [*found, *group]
    if found:
        yield key, found
