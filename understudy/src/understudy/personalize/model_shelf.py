"""The trained models: in memory while used, as files for as long as their versions exist.

Files are NumPy's archives of arrays, with JSON that says how they are put together. Unlike with Python's
pickles, nothing in a file is executed when it is read: only the classes below are made.
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
import os
from collections import OrderedDict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from weakref import WeakKeyDictionary
from zipfile import BadZipFile

import numpy as np
from scipy import sparse

from understudy.engines.recommend import Profiles, Recommender, Satisfaction
from understudy.engines.recommend.content import LabelLinks
from understudy.engines.recommend.hybrid import HybridModel
from understudy.engines.recommend.links import HybridParams
from understudy.engines.recommend.reranking import Ranker
from understudy.engines.recommend.tables import Catalogue, Factors, Tables
from understudy.personalize.trained import Items, PersonalModel

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from numpy.typing import NDArray

    from understudy.personalize.registry import Finish
    from understudy.personalize.resource import Resource
    from understudy.personalize.store import Store
    from understudy.workers import Workers

_CLASSES: Mapping[str, type[Any]] = {
    each.__name__: each
    for each in (
        Catalogue,
        Factors,
        HybridModel,
        HybridParams,
        Items,
        LabelLinks,
        PersonalModel,
        Profiles,
        Recommender,
        Satisfaction,
        Tables,
    )
}
_DESCRIPTION = "description"
_MATRIX = ("data", "indices", "indptr")


def write_model(path: Path, model: PersonalModel) -> None:
    """Write a model; a reader sees all of it or nothing."""
    arrays: dict[str, NDArray[Any]] = {}
    described = json.dumps(_described(model, arrays)).encode()
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays, **{_DESCRIPTION: np.frombuffer(described, np.uint8)})
        os.fsync(file.fileno())
    part.replace(path)


def read_model(path: Path) -> PersonalModel:
    """Read a model; raise ValueError, KeyError, TypeError or OSError for one that is damaged or missing."""
    try:
        # Opened here, since NumPy leaves a file open that is no archive.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            return cast("PersonalModel", _made(json.loads(arrays[_DESCRIPTION].tobytes()), arrays))
    except BadZipFile as error:
        raise ValueError(f"{path} is damaged") from error


def _described(value: Any, arrays: dict[str, NDArray[Any]]) -> dict[str, Any]:  # noqa: ANN401 - any part
    """Return JSON for a part of a model, and put its arrays into `arrays`."""
    if isinstance(value, np.ndarray):
        return {"array": _added(value, arrays)}
    if sparse.issparse(value):
        matrix = sparse.csr_matrix(value)
        return {
            "matrix": [_added(getattr(matrix, each), arrays) for each in _MATRIX],
            "shape": [int(size) for size in matrix.shape],
        }
    if isinstance(value, Ranker):
        return {"ranker": value.as_text(), "names": value.names}
    if dataclasses.is_dataclass(value):
        return {
            "class": type(value).__name__,
            "fields": {
                each.name: _described(getattr(value, each.name), arrays)
                for each in dataclasses.fields(value)
                if each.init
            },
        }
    return {"tuple": value} if isinstance(value, tuple) else {"json": value}


def _added(array: NDArray[Any], arrays: dict[str, NDArray[Any]]) -> str:
    name = str(len(arrays))
    arrays[name] = array
    return name


def _made(described: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Any:  # noqa: ANN401 - any part
    match described:
        case {"array": name}:
            return arrays[name]
        case {"matrix": names, "shape": shape}:
            return sparse.csr_matrix(tuple(arrays[name] for name in names), shape=shape)
        case {"ranker": text, "names": names}:
            return Ranker.of_text(text, names)
        case {"class": name, "fields": fields}:
            return _CLASSES[name](**{key: _made(each, arrays) for key, each in fields.items()})
        case {"tuple": values}:
            return tuple(values)
        case {"json": value}:
            return value
    raise ValueError(f"not a part of a model: {sorted(described)}")


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
