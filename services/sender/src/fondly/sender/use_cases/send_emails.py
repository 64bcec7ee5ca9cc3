"""Sends the emails that were granted: reads each message and hands it over when its turn comes."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial

from fondly.contracts.delivery import NotSent
from fondly.runtime.parallel import for_each
from fondly.runtime.ports import Objects
from fondly.sender.use_cases.hand_over import HandOver, Paced, Parcel, StaleError
from fondly.sender.use_cases.judge_emails import JudgeEmails
from fondly.sender.use_cases.part_pass import AGAIN_S, PartPass
from fondly.sender.use_cases.settle_emails import SettleEmails


class SendEmails:
    """Sends emails, `parallel` at a time; `paced` makes calls at the rate that the provider allows.

    `to_seed` turns a customer's message into a test that goes to an address.
    """

    def __init__(
        self,
        *,
        objects: Objects,
        hand_over: HandOver,
        judging: JudgeEmails,
        settling: SettleEmails,
        paced: Paced,
        to_seed: Callable[[bytes, str], bytes],
        parallel: int,
    ) -> None:
        self._objects = objects
        self._hand_over = hand_over
        self._judging = judging
        self._settling = settling
        self._paced = paced
        self._to_seed = to_seed
        self._parallel = parallel
        self._running = asyncio.Semaphore(parallel)
        """Of all parts together."""

    async def run(self, passed: PartPass, parcels: Sequence[Parcel]) -> None:
        """Send emails and settle them; raise one of `HALTS` if the provider accepts none at all."""
        await for_each(parcels, partial(self._send, passed), parallel=self._parallel)

    async def _send(self, passed: PartPass, parcel: Parcel) -> None:
        async with self._running:
            content = await self._objects.find(parcel.email.key)
            if content is None:
                await self._settling.drop(passed, [(parcel.email, NotSent.GONE)])
                return
            if passed.to_seeds:
                content = self._to_seed(content, parcel.address)
            try:
                done = await self._hand_over.run(
                    parcel, content, paced=self._paced, renewed=partial(self._judging.renewed, passed)
                )
            except StaleError:
                passed.wait_s(AGAIN_S)
            else:
                self._settling.note(passed, done)
