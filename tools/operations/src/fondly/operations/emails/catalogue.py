"""What a run has stored for people to look at: its products' names, its prompts, what names somebody."""

import json
from collections.abc import AsyncIterator

from pydantic import TypeAdapter

from fondly.contracts import object_keys
from fondly.operations.emails.shown import ShownPrompt
from fondly.runtime.ports import Model, Objects

_PROMPT = TypeAdapter(ShownPrompt)


async def product_names(objects: Objects, run_id: str) -> dict[str, str]:
    """Return the names of a run's products by id; none if it has stored none."""
    lines = objects.lines(object_keys.products(run_id))
    return {each["product_id"]: each["name"] async for line in lines for each in (json.loads(line),)}


async def lines_with(
    objects: Objects, key: str, kind: type[Model], name: str, value: str
) -> AsyncIterator[Model]:
    """Yield those records of an object whose member of this name has this value; no others are parsed."""
    mark = f'"{name}":{json.dumps(value, ensure_ascii=False)}'.encode("utf-8", "surrogatepass")
    async for line in objects.lines(key):
        if mark in line and getattr(found := kind.model_validate_json(line), name) == value:
            yield found


async def shown_prompts(objects: Objects, run_id: str, part: int) -> AsyncIterator[ShownPrompt]:
    """Yield a part's prompts; members of a later version are ignored. Raises `ValidationError`."""
    async for key in objects.keys(object_keys.copies(run_id, part)):
        async for stored in objects.lines(key):
            yield _PROMPT.validate_json(stored)
