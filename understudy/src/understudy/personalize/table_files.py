"""Tables as files: NumPy's archives without pickled objects."""

import json
import os
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from understudy.personalize.tables import Column, Table, Texts

_COLUMNS = "columns"


def write_table(path: Path, table: Table) -> None:
    """Write a table; a reader sees all of it or nothing."""
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        np.savez(file, allow_pickle=False, **_arrays(table))
        os.fsync(file.fileno())
    part.replace(path)


def read_table(path: Path) -> Table:
    """Read a table; raise ValueError or OSError for a file that is damaged or missing."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            described: dict[str, Any] = json.loads(arrays[_COLUMNS].tobytes())
            columns: dict[str, Column] = {}
            for number, (name, is_text) in enumerate(described["columns"]):
                values = arrays[f"{number}"]
                if is_text:
                    texts = tuple(json.loads(arrays[f"{number}.values"].tobytes()))
                    columns[name] = Texts(values, texts)
                else:
                    columns[name] = values
            return Table(columns, int(described["rows"]))
    except BadZipFile as error:
        raise ValueError(f"{path} is damaged") from error


def _arrays(table: Table) -> dict[str, NDArray[Any]]:
    described = {
        "rows": table.rows,
        "columns": [(name, isinstance(column, Texts)) for name, column in table.columns.items()],
    }
    arrays: dict[str, NDArray[Any]] = {_COLUMNS: _bytes(described)}
    for number, column in enumerate(table.columns.values()):
        if isinstance(column, Texts):
            arrays[f"{number}"] = column.codes
            arrays[f"{number}.values"] = _bytes(column.values)
        else:
            arrays[f"{number}"] = column
    return arrays


def _bytes(value: object) -> NDArray[Any]:
    return np.frombuffer(json.dumps(value).encode(), dtype=np.uint8)
