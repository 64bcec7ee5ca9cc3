"""Knows the dataset group's event tracker, and makes it where it may."""

from dataclasses import dataclass, field

from botocore.exceptions import ClientError

from encore.recommender.domain.customer_events import Tracker
from encore.recommender.ports import NotReadyError, RefusedError, Trackers, VanishedError
from encore.runtime.logs import get_logger

log = get_logger()


@dataclass(kw_only=True)
class KnowTracker:
    """Remembers the tracker; `may_make` is false for a task that only tells of events."""

    trackers: Trackers
    may_make: bool = True
    _known: Tracker | None = field(default=None, init=False)

    async def get(self) -> Tracker | None:
        """Return the tracker; None as long as there is nothing in the group that it could be for.

        Raises `NotReadyError` while it is being made.
        """
        self._known = self._known or await self.trackers.kept()
        if self._known is None and self.may_make:
            self._known = await self.trackers.make()
            if self._known:
                await self.trackers.keep(self._known)
        return self._known

    async def prepare(self) -> None:
        """Make the tracker as soon as there may be one, for those who only tell of events.

        Whatever keeps it from being made is met by whoever tells of events: no run depends on it.
        """
        try:
            await self.get()
        except NotReadyError:
            return
        except (RefusedError, VanishedError, ClientError) as error:
            log.warning("tracker_not_made", error=type(error).__name__)

    async def replaced(self) -> Tracker | None:
        """Return the tracker that the group has, now that one is refused: the same if it is not gone.

        Raises `NotReadyError` while another one is being made.
        """
        if not self.may_make:
            self._known = await self.trackers.kept()
            return self._known
        self._known = None
        await self.trackers.keep(None)
        found = await self.trackers.make()
        await self.trackers.keep(found)
        self._known = found
        return found
