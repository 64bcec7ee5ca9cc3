"""The records of datasets: what was imported, and events that were put by themselves."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np

from understudy.personalize.plan import DatasetSnapshot
from understudy.personalize.store import read_streamed
from understudy.personalize.tables import NumbersBuilder, Table, Texts, TextsBuilder, read_table, write_table

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from understudy.personalize.registry import Finish
    from understudy.personalize.resource import Resource
    from understudy.personalize.schemas import Field, Schema
    from understudy.personalize.store import Store, StoredStreamed, Streamed
    from understudy.personalize.tables import Column
    from understudy.workers import Workers


@dataclass(frozen=True, slots=True)
class StoredTable:
    """A table, and its file in the store, empty in memory."""

    table: Table
    file: str


@dataclass(frozen=True, slots=True)
class _Merged:
    """All records of a dataset, as they were with certain imported ones and a certain state of the others."""

    bulk: StoredTable | None
    state: object
    table: Table


@dataclass(frozen=True, slots=True)
class Removal:
    """Records of a dataset with and without some users."""

    dataset: Resource
    users: Collection[str]
    before: StoredTable | None
    after: StoredTable | None

    @property
    def imported(self) -> int:
        """How many imported records it removes."""
        return self.before.table.rows - self.after.table.rows if self.before and self.after else 0


class DatasetRecords:
    """Has the records of every dataset; used on one event loop, which computes in threads."""

    def __init__(self, store: Store, workers: Workers) -> None:
        self._store = store
        self._workers = workers
        self._bulk: WeakKeyDictionary[Resource, StoredTable] = WeakKeyDictionary()
        self._merged: WeakKeyDictionary[Resource, _Merged] = WeakKeyDictionary()
        self._removals = 0

    async def restore(self, datasets: Iterable[Resource]) -> None:
        """Read what the store has of these datasets."""
        files = self._store.bulk()
        for dataset in datasets:
            path = self._store.path(files.get(dataset.arn, ""))
            if path is not None:
                self._bulk[dataset] = StoredTable(await self._workers.run(read_table, path), path.name)

    async def written(self, table: Table) -> StoredTable:
        """Write a table to a file, to which the store does not refer yet."""
        path = self._store.new_file()
        if path is None:
            return StoredTable(table, "")
        await self._workers.run(write_table, path, table)
        return StoredTable(table, path.name)

    def bulk(self, dataset: Resource) -> Table | None:
        """Return what was imported into a dataset, None before the first import."""
        found = self._bulk.get(dataset)
        return None if found is None else found.table

    async def snapshot(self, dataset: Resource, schema: Schema) -> DatasetSnapshot | None:
        """Return all records of a dataset, None if it has none."""
        bulk, last = self._bulk.get(dataset), self._store.last_streamed(dataset.arn)
        if not last:
            return None if bulk is None else DatasetSnapshot(schema, bulk.table, bulk.file)
        state = (last, self._removals, schema)
        known = self._merged.get(dataset)
        if known is not None and known.bulk is bulk and known.state == state:
            return DatasetSnapshot(schema, known.table)
        stored = self._store.stored_streamed(dataset.arn)
        table = await self._workers.run(_with_streamed, bulk.table if bulk else None, stored, schema)
        self._merged[dataset] = _Merged(bulk, state, table)
        return DatasetSnapshot(schema, table)

    async def imported(self, dataset: Resource, table: Table) -> Finish:
        """Return what replaces a dataset's imported records."""
        after = await self.written(table)
        return lambda: self._replace(dataset, after)

    async def removal(self, dataset: Resource, users: Collection[str]) -> Removal:
        """Return what a dataset's imported records are without users; nothing is changed yet."""
        before = self._bulk.get(dataset)
        if before is None:
            return Removal(dataset, users, None, None)
        left = await self._workers.run(before.table.without, "USER_ID", users)
        after = before if left.rows == before.table.rows else await self.written(left)
        return Removal(dataset, users, before, after)

    def is_current(self, removal: Removal) -> bool:
        """Tell whether the dataset has not been imported to since."""
        return self._bulk.get(removal.dataset) is removal.before

    def remove(self, removal: Removal) -> int:
        """Do a removal, also of what was put by itself; return how many records it has removed.

        Nothing of them stays on disk.
        """
        self._store.expunge()
        if removal.after is not None and removal.after is not removal.before:
            self._replace(removal.dataset, removal.after)
        self._removals += 1
        return removal.imported + self._store.remove_streamed(removal.dataset.arn, removal.users)

    def put(self, dataset: Resource, events: Iterable[Streamed]) -> None:
        """Add events by themselves."""
        self._store.put_streamed(dataset.arn, events)

    async def streamed(self, dataset: Resource, schema: Schema) -> Table:
        """Return the events that were put by themselves."""
        stored = self._store.stored_streamed(dataset.arn)
        return await self._workers.run(lambda: _table_of(read_streamed(stored), schema))

    def _replace(self, dataset: Resource, after: StoredTable) -> None:
        self._store.put_bulk(dataset.arn, after.file)
        self._bulk[dataset] = after


def _with_streamed(bulk: Table | None, stored: Sequence[StoredStreamed], schema: Schema) -> Table:
    added = _table_of(read_streamed(stored), schema)
    return (added if bulk is None else _conformed(bulk, schema).followed_by(added)).distinct()


def _table_of(records: Sequence[Streamed], schema: Schema) -> Table:
    columns = {field.name: _column(field, records) for field in schema.fields}
    return Table(columns, len(records))


def _column(field: Field, records: Sequence[Streamed]) -> Column:
    values = [each.record.get(field.name) for each in records]
    if field.type == "string":
        texts = TextsBuilder()
        texts.extend([None if value is None else str(value) for value in values])
        return texts.build()
    numbers = NumbersBuilder()
    numbers.extend([math.nan if value is None else float(value) for value in values])
    return numbers.build()


def _conformed(table: Table, schema: Schema) -> Table:
    """Return a table with the columns of a schema; those that it lacks, of an older schema, are empty."""
    if list(table.columns) == [field.name for field in schema.fields]:
        return table
    empty = {field.name: _empty(field, table.rows) for field in schema.fields}
    known = {name: table.columns[name] for name in empty if name in table.columns}
    return Table({**empty, **known}, table.rows)


def _empty(field: Field, rows: int) -> Column:
    if field.type == "string":
        return Texts(np.full(rows, -1, dtype=np.int32), ())
    return np.full(rows, np.nan)
