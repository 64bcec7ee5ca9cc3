"""The products of a run by name and category, and the lines of its objects that name somebody."""

import json
from collections.abc import AsyncIterator
from typing import NamedTuple

from fondly.contracts import object_keys
from fondly.runtime.ports import Model, Objects


class CatalogueEntry(NamedTuple):
    """A product by name and category."""

    product_id: str
    name: str
    category: tuple[str, ...] = ()


async def catalogue_entries(objects: Objects, run_id: str) -> dict[str, CatalogueEntry]:
    """Return a run's products by id; none if it has stored none. A product takes some 300 bytes."""
    categories: dict[tuple[str, ...], tuple[str, ...]] = {}
    entries: dict[str, CatalogueEntry] = {}
    async for line in objects.lines(object_keys.products(run_id)):
        product = json.loads(line)
        path = tuple(product.get("category", ()))
        entry = CatalogueEntry(product["product_id"], product["name"], categories.setdefault(path, path))
        entries[entry.product_id] = entry
    return entries


async def lines_with(
    objects: Objects, key: str, kind: type[Model], name: str, value: str
) -> AsyncIterator[Model]:
    """Yield those records of an object whose member of this name has this value; no others are parsed."""
    mark = f'"{name}":{json.dumps(value, ensure_ascii=False)}'.encode("utf-8", "surrogatepass")
    async for line in objects.lines(key):
        if mark in line and getattr(found := kind.model_validate_json(line), name) == value:
            yield found
