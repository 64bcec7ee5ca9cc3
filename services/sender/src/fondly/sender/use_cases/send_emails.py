"""Sends the emails that were granted: reads each message and hands it over when its turn comes."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from fondly.contracts.delivery import NotSent
from fondly.runtime.parallel import for_each
from fondly.runtime.ports import Objects
from fondly.sender.use_cases.hand_over import HandOver, Paced, Parcel, StaleError
from fondly.sender.use_cases.judge_emails import JudgeEmails
from fondly.sender.use_cases.part_pass import AGAIN_S, PartPass
from fondly.sender.use_cases.settle_emails import SettleEmails


@dataclass(kw_only=True)
class SendEmails:
    """Sends emails, `parallel` of all parts at a time."""

    objects: Objects
    hand_over: HandOver
    judging: JudgeEmails
    settling: SettleEmails
    paced: Paced
    """Makes calls at the rate that the provider allows."""
    to_seed: Callable[[bytes, str], bytes]
    """Turns a customer's message into a test that goes to an address."""
    parallel: int

    def __post_init__(self) -> None:
        self._running = asyncio.Semaphore(self.parallel)

    async def run(self, passed: PartPass, parcels: Sequence[Parcel]) -> None:
        """Send emails and settle them; raise one of `HALTS` if the provider accepts none at all."""
        await for_each(parcels, partial(self._send, passed), parallel=self.parallel)

    async def _send(self, passed: PartPass, parcel: Parcel) -> None:
        async with self._running:
            content = await self.objects.find(parcel.email.key)
            if content is None:
                await self.settling.drop(passed, [(parcel.email, NotSent.GONE)])
                return
            if passed.to_seeds:
                content = self.to_seed(content, parcel.address)
            try:
                done = await self.hand_over.run(
                    parcel, content, paced=self.paced, renewed=partial(self.judging.renewed, passed)
                )
            except StaleError:
                passed.wait_s(AGAIN_S)
            else:
                self.settling.note(passed, done)
