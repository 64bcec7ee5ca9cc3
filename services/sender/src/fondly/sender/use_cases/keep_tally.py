"""Keeps the tally of a part while its emails go out; `runtime.runs.kept_tallies` says why it is exact."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from fondly.contracts.delivery import Dispatch, FinishedEmail
from fondly.contracts.errors import TransientError
from fondly.runtime.batches import batches
from fondly.runtime.ports import Objects
from fondly.runtime.runs.deliveries import Deliveries
from fondly.runtime.runs.kept_tallies import KeptTallies, PartTally
from fondly.runtime.runs.tally import Counts, by_sender
from fondly.sender.ports import Dispatches
from fondly.sender.use_cases.part_pass import LOOKED_UP_AT_ONCE, PartPass, finished_emails

NOTHING: Mapping[str, Dispatch] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class KeepTally:
    """Replaces what is kept of a part; every method is called under the part's lock.

    Each raises `TransientError` if another worker has replaced it: this one has lost the lock.
    """

    dispatches: Dispatches
    tallies: KeptTallies
    deliveries: Deliveries
    objects: Objects

    async def begin(self, passed: PartPass) -> None:
        """Open the tally before the first dispatch changes; count all anew if its last pass has died."""
        kept = await self.tallies.of_part(passed.dispatched_as, passed.part)
        if kept.is_open or (kept.version and kept.emails != len(passed.listed)):
            groups = {
                str(number): dict(await self._counts(passed.dispatched_as, group))
                for number, group in enumerate(batches(passed.listed, LOOKED_UP_AT_ONCE))
            }
            kept = kept.model_copy(update={"groups": groups})
        await self._replace(passed, kept.model_copy(update={"emails": len(passed.listed), "is_open": True}))

    async def count(self, passed: PartPass, emails: Iterable[FinishedEmail]) -> None:
        """Count the groups of these emails, which the pass has just dealt with."""
        groups = dict(passed.tally.groups)
        for number in sorted({passed.groups[email.customer_id] for email in emails}):
            first = number * LOOKED_UP_AT_ONCE
            group = passed.listed[first : first + LOOKED_UP_AT_ONCE]
            groups[str(number)] = dict(await self._counts(passed.dispatched_as, group, passed.done))
        await self._replace(passed, passed.tally.model_copy(update={"groups": groups}))

    async def end(self, passed: PartPass) -> None:
        """Close the tally: what the pass has changed is counted."""
        is_whole = passed.due is None and not passed.is_sample
        closed = passed.tally.model_copy(update={"is_open": False})
        await self._replace(passed, closed.of_whole(closed.counts) if is_whole else closed)

    async def mend(self, run_id: str, part: int) -> None:
        """Count a part of a run that does not go out, if a pass over it, or over its copies, has died."""
        delivery = await self.deliveries.find(run_id)
        for each in (run_id, *([delivery.copies] if delivery else [])):
            if (await self.tallies.of_part(each, part)).is_open:
                await self.recount(run_id, part, dispatched_as=each)

    async def recount(self, run_id: str, part: int, *, dispatched_as: str) -> list[Dispatch]:
        """Count every dispatch of a part, and return them."""
        kept = await self.tallies.of_part(dispatched_as, part)
        found: list[Dispatch] = []
        for group in batches(await finished_emails(self.objects, run_id, part), LOOKED_UP_AT_ONCE):
            ids = [email.customer_id for email in group]
            found += (await self.dispatches.of(dispatched_as, ids)).values()
        _require(await self.tallies.replace(dispatched_as, part, kept.of_whole(_sum(found))))
        return found

    async def _counts(
        self, run_id: str, emails: Sequence[FinishedEmail], done: Mapping[str, Dispatch] = NOTHING
    ) -> Counts:
        """Count a group: of what is done for good nothing has to be read."""
        ids = [email.customer_id for email in emails]
        left = [each for each in ids if each not in done]
        read = await self.dispatches.of(run_id, left) if left else {}
        return _sum([*(done[each] for each in ids if each in done), *read.values()])

    async def _replace(self, passed: PartPass, tally: PartTally) -> None:
        passed.tally = _require(await self.tallies.replace(passed.dispatched_as, passed.part, tally))


def _sum(dispatches: Iterable[Dispatch]) -> Counts:
    counts = Counts()
    for each in dispatches:
        counts.update(by_sender(each))
    return counts


def _require(replaced: PartTally | None) -> PartTally:
    if replaced is None:
        raise TransientError("another worker counts this part: the lock on it is lost")
    return replaced
