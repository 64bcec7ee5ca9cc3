"""Keeps what Personalize has in a folder, so that a process that is killed goes on where it was.

`state.json` lists the resources; imported tables are files of their own, named by their content. A model is
not kept: it is trained again, on the same data, when it is next asked for.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import structlog

from understudy.personalize import kinds
from understudy.personalize.data_operations import DataOperations
from understudy.personalize.kinds import Kind
from understudy.personalize.model_operations import ModelOperations
from understudy.personalize.registry import Registry
from understudy.personalize.resource import Resource
from understudy.personalize.stored_state import FORMAT, StoredState, as_json, described, read_state
from understudy.personalize.table_files import replace_file, table_name, write_table
from understudy.personalize.tables import Table
from understudy.wire.service import Handler, Params
from understudy.workers import Workers

STATE_FILE = "state.json"
_CHANGING = ("Create", "Delete", "Stop", "Tag", "Untag", "Update")

Redo = Callable[[Resource], Awaitable[None]]
_log = structlog.get_logger(__name__)


@dataclass(slots=True, kw_only=True)
class KeptState:
    """The folder, and the parts of the service whose state it has. Used on one event loop.

    `redo` has what each kind of job does, to be begun again if it was under way.
    """

    folder: Path
    registry: Registry
    data: DataOperations
    models: ModelOperations
    workers: Workers
    redo: Mapping[Kind, Redo]
    _names: dict[int, tuple[Table, str]] = field(default_factory=dict)
    _saving: asyncio.Lock = field(default_factory=asyncio.Lock)
    _wanted: int = 0
    _saved: int = 0
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def saving(self, operations: Mapping[str, Handler]) -> dict[str, Handler]:
        """Return handlers that answer a change only once it is kept."""
        return {
            name: self._saving_handler(handler) if name.startswith(_CHANGING) else handler
            for name, handler in operations.items()
        }

    async def open(self) -> None:
        """Restore what the folder has; begin anew if it cannot be read, and keep that file for a look."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / STATE_FILE
        if path.exists():
            try:
                self._restore(await self.workers.run(read_state, path))
            except (KeyError, OSError, TypeError, ValueError):
                _log.exception("personalize_state_unreadable", path=str(path))
                path.rename(path.with_suffix(".unreadable"))
        self.registry.when_settled = self._save_soon

    async def close(self) -> None:
        """Wait until everything is kept."""
        self.registry.when_settled = lambda: None
        await asyncio.gather(*self._tasks)
        await self.save()

    async def save(self) -> None:
        """Keep everything as it is now. Calls that wait for one another are served by one write."""
        self._wanted += 1
        wanted = self._wanted
        async with self._saving:
            if self._saved < wanted:
                reached = self._wanted
                content, tables = self._content(), self._tables()
                await self.workers.run(self._write, content, tables)
                self._saved = reached

    def _saving_handler(self, handler: Handler) -> Handler:
        async def change(params: Params) -> Params:
            answer = await handler(params)
            await self.save()
            return answer

        return change

    def _save_soon(self) -> None:
        task = asyncio.ensure_future(self.save())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _tables(self) -> list[Table]:
        datasets = (self.data.table(each) for each in self.registry.find(kinds.DATASET))
        learned = (
            snapshot.table
            for version in self.registry.find(kinds.SOLUTION_VERSION)
            for snapshot in self.models.trained_on(version).values()
        )
        distinct = {id(table): table for table in (*datasets, *learned) if table is not None}
        return list(distinct.values())

    def _content(self) -> Callable[[], Any]:
        """Describe all resources; the names of tables are filled in when they are known."""
        resources = [described(each) for each in self.registry.resources]
        data = {each.arn: self.data.table(each) for each in self.registry.find(kinds.DATASET)}
        versions = {
            each.arn: dict(self.models.trained_on(each))
            for each in self.registry.find(kinds.SOLUTION_VERSION)
        }

        def content() -> Any:  # noqa: ANN401 - JSON
            return {
                "format": FORMAT,
                "resources": resources,
                "data": {arn: self._name(table) for arn, table in data.items() if table is not None},
                "versions": {
                    arn: {
                        name: {"schema": asdict(snapshot.schema), "table": self._name(snapshot.table)}
                        for name, snapshot in datasets.items()
                    }
                    for arn, datasets in versions.items()
                },
            }

        return content

    def _name(self, table: Table) -> str:
        return self._names[id(table)][1]

    def _write(self, content: Callable[[], Any], tables: list[Table]) -> None:
        """Write tables, then what refers to them, then remove tables that nothing refers to; in a thread."""
        known = self._names
        self._names = {id(each): known.get(id(each)) or (each, table_name(each)) for each in tables}
        for table, name in self._names.values():
            if not (self.folder / name).exists():
                write_table(self.folder / name, table)
        replace_file(self.folder / STATE_FILE, as_json(content()))
        kept = {name for _, name in self._names.values()}
        for path in self.folder.glob("*.npz"):
            if path.name not in kept:
                path.unlink()

    def _restore(self, stored: StoredState) -> None:
        for resource in stored.resources:
            redo = self.redo.get(resource.kind)
            self.registry.restore(resource, None if redo is None else _bound(redo, resource))
        for dataset in self.registry.find(kinds.DATASET):
            if dataset.arn in stored.data:
                self.data.restore(dataset, stored.data[dataset.arn])
        for version in self.registry.find(kinds.SOLUTION_VERSION):
            if datasets := stored.versions.get(version.arn):
                self.models.restore(version, datasets)


def _bound(redo: Redo, resource: Resource) -> Callable[[], Awaitable[None]]:
    return lambda: redo(resource)
