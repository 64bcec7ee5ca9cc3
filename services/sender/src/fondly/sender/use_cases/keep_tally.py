"""Keeps the tally of a part while its emails go out; `runtime.runs.kept_tallies` says why it is exact."""

from dataclasses import dataclass

from fondly.contracts.delivery import Dispatch, Outcome
from fondly.runtime.batches import batches
from fondly.runtime.ports import Objects
from fondly.runtime.runs.deliveries import Deliveries
from fondly.runtime.runs.kept_tallies import KeptTallies, PartTally
from fondly.runtime.runs.tally import by_sender
from fondly.sender.ports import Dispatches, SenderPolls
from fondly.sender.use_cases.part_pass import LOOKED_UP_AT_ONCE, PartPass, finished_emails
from fondly.sender.use_cases.release_parts import MAX_DELAY_S


@dataclass(frozen=True, kw_only=True)
class KeepTally:
    """Replaces what is kept of a part, under its lock; raises `TransientError` if that is lost."""

    dispatches: Dispatches
    tallies: KeptTallies
    deliveries: Deliveries
    polls: SenderPolls
    objects: Objects
    retry_s: int
    """After which what a pass that has died was handing over is looked at again."""

    async def begin(self, passed: PartPass) -> PartTally:
        """Open the tally before the first dispatch changes."""
        kept = await self.tallies.of_part(passed.dispatched_as, passed.part)
        of_part = passed.dispatched_as, passed.part
        return await self.tallies.replace(*of_part, kept, counts=kept.counts, is_open=True)

    async def end(self, passed: PartPass, opened: PartTally) -> None:
        """Close the tally: what the pass has settled is known, the rest of the part is read."""
        ids = [email.customer_id for email in passed.listed]
        settled = [passed.done[each] for each in ids if each in passed.done]
        others = await self._read(passed.dispatched_as, [each for each in ids if each not in passed.done])
        await self._close(passed.dispatched_as, passed.part, opened, [*settled, *others])

    async def mend(self, run_id: str, part: int) -> None:
        """Count a part of a run that does not go out, if a pass over it, or over its copies, has died.

        What that pass was handing over may still be recorded, and is looked at again.
        """
        if (delivery := await self.deliveries.find(run_id)) is None:
            return
        for each in (run_id, delivery.copies):
            if (await self.tallies.of_part(each, part)).is_open:
                found = await self.recount(run_id, part, dispatched_as=each)
                lost = [one.customer_id for one in found if one.outcome is Outcome.SENDING]
                if lost and each == run_id:
                    release, delay_s = delivery.release, min(MAX_DELAY_S, self.retry_s)
                    await self.polls.send_doubts(run_id, part, lost, release=release, delay_s=delay_s)

    async def recount(self, run_id: str, part: int, *, dispatched_as: str) -> list[Dispatch]:
        """Count every dispatch of a part, and return them."""
        kept = await self.tallies.of_part(dispatched_as, part)
        listed = await finished_emails(self.objects, run_id, part)
        found = await self._read(dispatched_as, [email.customer_id for email in listed])
        await self._close(dispatched_as, part, kept, found)
        return found

    async def _read(self, dispatched_as: str, customer_ids: list[str]) -> list[Dispatch]:
        found: list[Dispatch] = []
        for group in batches(customer_ids, LOOKED_UP_AT_ONCE):
            found += (await self.dispatches.of(dispatched_as, group)).values()
        return found

    async def _close(
        self, dispatched_as: str, part: int, kept: PartTally, dispatches: list[Dispatch]
    ) -> None:
        await self.tallies.replace(dispatched_as, part, kept, counts=by_sender(dispatches), is_open=False)
