"""The prompts that a run's words come from, as they are stored for people to look at."""

from collections.abc import AsyncIterator

from pydantic import TypeAdapter

from fondly.contracts import object_keys
from fondly.operations.emails.shown import ShownPrompt
from fondly.runtime.ports import Objects

_STORED = TypeAdapter(ShownPrompt)


async def shown_prompts(objects: Objects, run_id: str, part: int) -> AsyncIterator[ShownPrompt]:
    """Yield a part's prompts; members of a later version are ignored. Raises `ValidationError`."""
    async for key in objects.keys(object_keys.copies(run_id, part)):
        async for stored in objects.lines(key):
            yield _STORED.validate_json(stored)
