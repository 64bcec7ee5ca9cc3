"""Notes a click with its email, and tells of it as a shop tells of what its customers do."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from fondly.contracts import object_keys
from fondly.contracts.click_links import Click
from fondly.contracts.consent import customer_entry
from fondly.contracts.delivery import NotSent
from fondly.contracts.records import CustomerEvent
from fondly.runtime.gather import Gather
from fondly.runtime.logs import get_logger
from fondly.runtime.ports import Objects
from fondly.sender.domain.clicks import event_of
from fondly.sender.feedback.ports import Delivered, Suppressions

MOST_EVENTS = 500
NAME_CHARS = 32
log = get_logger()


class TakeClick:
    """Marks the email, then uploads the event with those of other messages that come at the same time."""

    def __init__(self, *, suppressions: Suppressions, clicked: Delivered, objects: Objects) -> None:
        self._suppressions = suppressions
        self._clicked = clicked
        self._objects = objects
        self._events: Gather[CustomerEvent, None] = Gather(self._upload, limit=MOST_EVENTS)

    async def run(self, click: Click, at: datetime) -> None:
        """Note a click at a time; doing it again changes nothing. Of who was forgotten nothing is noted."""
        if await self._is_forgotten(click.customer_id):
            log.info("click_of_forgotten_ignored")
            return
        await self._clicked.mark_clicked(click.run_id, click.customer_id, at)
        await self._events.add(event_of(click, at))

    async def _is_forgotten(self, customer_id: str) -> bool:
        entry = customer_entry(customer_id)
        found = (await self._suppressions.find([entry])).get(entry)
        return found is not None and found.reason is NotSent.ERASED

    async def _upload(self, events: Sequence[CustomerEvent]) -> None:
        """Upload events, each once, under a name that follows from them."""
        distinct = {one.event_id: one for one in events}
        name = sha256("\n".join(sorted(distinct)).encode()).hexdigest()[:NAME_CHARS]
        await self._objects.put_lines(object_keys.clicks(name), [distinct[each] for each in sorted(distinct)])
