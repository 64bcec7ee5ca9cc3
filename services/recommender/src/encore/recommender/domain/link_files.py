"""What was counted of a bundle's customers as a file: an archive of NumPy's, without Python objects."""

import io
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from encore.recommender.domain.links import Counted, Numbers
from encore.recommender.domain.taxonomy import Category

COLUMNS = ("owners", "ones", "others", "customers")
Columns = dict[str, Any]


class LinkFile(NamedTuple):
    """The links of families, of what is liked, and of leaf categories; and counts of each leaf by name."""

    families: Counted[str]
    liked: Counted[str]
    leaves: Counted[Category]
    counts: Mapping[str, Numbers]


def link_file(
    *,
    families: Counted[str],
    liked: Counted[str],
    leaves: Counted[Category],
    counts: Mapping[str, Numbers],
) -> bytes:
    """Return the file; `counts` are in the order of the leaves."""
    columns: Columns = {f"counts.{name}": values for name, values in counts.items()}
    for name, counted in (("families", families), ("liked", liked)):
        columns |= _columns(name, counted)
    columns |= _columns("leaves", leaves)
    buffer = io.BytesIO()
    np.savez(buffer, **columns)
    return buffer.getvalue()


def read_link_file(file: bytes) -> LinkFile:
    """Read the file."""
    with np.load(io.BytesIO(file), allow_pickle=False) as columns:
        names = [name.removeprefix("counts.") for name in columns.files if name.startswith("counts.")]
        return LinkFile(
            families=_counted(columns, "families", tuple(_things(columns, "families"))),
            liked=_counted(columns, "liked", tuple(_things(columns, "liked"))),
            leaves=_counted(columns, "leaves", tuple(map(tuple, _things(columns, "leaves")))),
            counts={name: columns[f"counts.{name}"] for name in names},
        )


def _columns(name: str, counted: Counted[Any]) -> Columns:
    things = np.frombuffer(json.dumps(counted.things).encode(), dtype=np.uint8)
    numbers = {f"{name}.{each}": getattr(counted, each) for each in COLUMNS}
    return {f"{name}.things": things, f"{name}.total": np.int64(counted.total), **numbers}


def _things(columns: Any, name: str) -> list[Any]:  # noqa: ANN401 - NumPy has no public type for an archive
    found: list[Any] = json.loads(columns[f"{name}.things"].tobytes())
    return found


def _counted(columns: Any, name: str, things: tuple[Any, ...]) -> Counted[Any]:  # noqa: ANN401 - likewise
    numbers = {each: columns[f"{name}.{each}"] for each in COLUMNS}
    return Counted(things=things, total=int(columns[f"{name}.total"]), **numbers)
