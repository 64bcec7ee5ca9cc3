"""What is known of customers: at a glance, or all of it, as they may demand (GDPR, Articles 15 and 20)."""

import asyncio
import json
import os
import zipfile
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

from pydantic import BaseModel

from fondly.contracts.consent import Suppression
from fondly.operations.audit import each_noted
from fondly.operations.cleanup.scope import RUNS, Scope, open_scope
from fondly.operations.connect.webhooks import EXPORT
from fondly.operations.customers.consent import entries_of, open_consent
from fondly.operations.customers.gone import Gone
from fondly.operations.customers.items import BY_RUN, Whom, get, group, learn_items, of_customers, opinions_of
from fondly.operations.customers.items import whom as find_whom
from fondly.operations.customers.keys import TABLE as KEYS
from fondly.operations.customers.objects import (
    EMAIL,
    Versions,
    bodies,
    body_of,
    erase_requests,
    for_each_key,
    learn_customers,
)
from fondly.operations.customers.scrub import is_told, theirs
from fondly.operations.environment import Environment
from fondly.operations.errors import MissingResourceError, OperationError
from fondly.runtime.storage import EXPIRES_AT

BY_CUSTOMER = ("customers", "contacts", "histories")
Items = list[dict[str, Any]]


class Letter(BaseModel):
    """A finished email."""

    key: str
    message: str
    """The MIME message."""


class Known(BaseModel):
    """What is known of customers."""

    customer_ids: list[str]
    tables: dict[str, Items]
    """The items of each table that has some."""
    suppressions: list[Suppression]
    """Why they are not written to."""
    objects: dict[str, list[Any]] = {}
    """What files of runs say of them, by key: records, or lines."""
    emails: list[Letter] = []

    @property
    def is_empty(self) -> bool:
        """Whether nothing is known."""
        return not (self.tables or self.suppressions or self.objects or self.emails)


async def at_a_glance(scope: Scope, gone: Gone, *, in_all_runs: bool = True) -> Known:
    """Return what the tables have, by keys alone: no table is read whole, and no object.

    Emails are looked for in all runs, or only in those that have recommended something: some would be left
    by a killed `forget`.
    """
    tables = await _by_customer(scope, gone)
    runs = {str(item["run_id"]) for item in tables.get("recommendations", ())}
    if in_all_runs:
        index = (await scope.environment.ledger()).index
        runs |= {str(each["of_run"]) async for each in index.pointers()}
    ids = sorted(gone.customer_ids)
    keys = [{"run_id": run, "customer_id": each} for run in sorted(runs) for each in ids]
    for table in BY_RUN:
        tables[table] = await _with_keys(scope, table, keys)
    for item in tables.get("histories", ()):
        gone.learn_item(item)
    reviews = [{"review_id": each} for each in sorted(gone.reviews)]
    tables["reviews"] = await _with_keys(scope, "reviews", reviews)
    return await _known(scope, gone, tables)


async def exported(scope: Scope, gone: Gone, *, by: str) -> Known:
    """Return all there is for the customers themselves, who may have asked the shop for it."""
    async with each_noted(scope.environment, gone.digests, by=by, act="export"):
        known = await everything(scope, gone)
        await erase_requests(scope, gone, EXPORT)
    return known


async def export_customers(environment: Environment, *, whom: Whom, by: str) -> Known:
    """Export all that is known of customers, for themselves."""
    async with open_scope(environment) as scope:
        return await exported(scope, await find_whom(scope, whom), by=by)


async def everything(scope: Scope, gone: Gone) -> Known:
    """Return all there is: items, the lines of files of runs, and finished emails; latest versions alone."""
    await learn_items(scope, gone)
    await learn_customers(scope, gone)
    tables = await _by_customer(scope, gone)
    for table in (*BY_RUN, "reviews", KEYS):
        tables[table] = [item async for item in of_customers(scope, table, gone)]
    tables["opinions"] = await _with_keys(scope, "opinions", opinions_of(gone))
    known = await _known(scope, gone, tables)
    await _read_objects(scope, gone, known)
    return known


async def _known(scope: Scope, gone: Gone, tables: Mapping[str, Items]) -> Known:
    for item in tables.get("customers", ()):
        gone.learn_item(item)
    consent = await open_consent(scope)
    found = await consent.find(entries_of(gone)) if consent else {}
    return Known(
        customer_ids=sorted(gone.customer_ids),
        tables={name: [_plain(each) for each in items] for name, items in tables.items() if items},
        suppressions=sorted(found.values(), key=lambda each: each.at),
    )


async def _read_objects(scope: Scope, gone: Gone, known: Known) -> None:
    async def read(key: str, versions: Versions) -> None:
        for latest in (each for each in bodies(versions) if each["IsLatest"]):
            if gone.is_their_email(key):
                message = (await body_of(scope, key, latest)).decode(errors="replace")
                known.emails.append(Letter(key=key, message=message))
            elif is_told(key) and not key.endswith(EMAIL):
                body = await body_of(scope, key, latest)
                if lines := await asyncio.to_thread(theirs, key, body, gone):
                    known.objects[key] = [_parsed(line) for line in lines]

    await for_each_key(scope, RUNS, read)
    known.emails.sort(key=lambda each: each.key)
    known.objects = dict(sorted(known.objects.items()))


async def _by_customer(scope: Scope, gone: Gone) -> dict[str, Items]:
    tables: dict[str, Items] = {}
    for each in sorted(gone.customer_ids):
        for table in BY_CUSTOMER:
            if item := await get(scope, table, {"customer_id": each}):
                tables.setdefault(table, []).append(item)
        if found := await group(scope, "recommendations", "customer_id", each):
            tables.setdefault("recommendations", []).extend(found)
    return tables


async def _with_keys(scope: Scope, table: str, keys: Sequence[Mapping[str, Any]]) -> Items:
    try:
        items = await scope.environment.items(table)
    except MissingResourceError:
        return []
    return await items.get_all(keys)


def _plain(item: Mapping[str, Any]) -> dict[str, Any]:
    """An item as JSON can say it: texts that hold JSON themselves are opened."""
    return {name: _opened(value) for name, value in sorted(item.items()) if name != EXPIRES_AT}


def _opened(value: Any) -> Any:  # noqa: ANN401 - any value of an item
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Mapping):
        return {name: _opened(each) for name, each in value.items()}
    if isinstance(value, list | set | tuple):
        return [_opened(each) for each in value]
    if isinstance(value, str) and value[:1] in {"{", "["}:
        return _parsed(value.encode())
    return value


def _parsed(line: bytes) -> Any:  # noqa: ANN401 - a record, or a text
    try:
        return json.loads(line)
    except ValueError:
        return line.decode(errors="replace").rstrip("\r\n")


def write_archive(known: Known, path: Path) -> None:
    """Write a zip archive that its owner alone may read; raise `OperationError` if the file exists."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise OperationError(f"{path} exists: give --out FILE, or remove it") from error
    with os.fdopen(descriptor, "wb") as file:
        archive_into(known, file)


def archive_into(known: Known, file: BinaryIO) -> None:
    """Write a zip archive into an open file."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("customer.json", known.model_dump_json(indent=2, exclude={"emails"}))
        for each in known.emails:
            archive.writestr(each.key, each.message)
