"""The trained models: in memory while they are used, in the store for as long as their versions exist."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from understudy.personalize.model_files import read_model, write_model

if TYPE_CHECKING:
    from collections.abc import Collection

    from understudy.personalize.registry import Finish
    from understudy.personalize.resource import Resource
    from understudy.personalize.store import Store
    from understudy.personalize.trained import PersonalModel
    from understudy.workers import Workers

_MOST_LOADED = 3
"""How many models are held in memory of those that can be read again."""


class ModelShelf:
    """Has the models of versions. Used on one event loop; files are read and written in threads."""

    def __init__(self, store: Store, workers: Workers) -> None:
        self._store = store
        self._workers = workers
        self._only_here: WeakKeyDictionary[Resource, PersonalModel] = WeakKeyDictionary()
        self._loaded: OrderedDict[str, PersonalModel] = OrderedDict()
        self._reading = asyncio.Lock()

    async def added(self, version: Resource, model: PersonalModel | Path) -> Finish:
        """Write a model, unless it is in a new file already; return what lets the version have it."""
        if isinstance(model, Path):
            return partial(self._put, version, model)
        path = self._store.new_file()
        if path is not None:
            await self._workers.run(write_model, path, model)

        def finish() -> None:
            if path is None:
                self._only_here[version] = model
            else:
                self._put(version, path)
                self._hold(version.arn, model)

        return finish

    async def forgetting(self, version: Resource, users: Collection[str]) -> Finish:
        """Return what makes the model of a version forget users."""
        before = await self.model(version)
        after: PersonalModel = await self._workers.run(before.without, users)
        return _nothing if after is before else await self.added(version, after)

    async def model(self, version: Resource) -> PersonalModel:
        """Return the model of a version that has one."""
        if version in self._only_here:
            return self._only_here[version]
        if version.arn in self._loaded:
            self._loaded.move_to_end(version.arn)
            return self._loaded[version.arn]
        async with self._reading:
            found = self._loaded.get(version.arn)
            if found is None:
                path = self._store.path(self._store.model_file(version.arn) or "")
                if path is None:
                    raise LookupError(f"{version.arn} has no model")
                found = await self._workers.run(read_model, path)
            self._hold(version.arn, found)
            return found

    def _put(self, version: Resource, path: Path) -> None:
        self._store.put_model(version.arn, path.name)

    def _hold(self, arn: str, model: PersonalModel) -> None:
        self._loaded[arn] = model
        self._loaded.move_to_end(arn)
        while len(self._loaded) > _MOST_LOADED:
            self._loaded.popitem(last=False)


def _nothing() -> None:
    """Change nothing."""
