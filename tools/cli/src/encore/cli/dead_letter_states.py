"""How many dead letters lie where, and since when."""

import asyncio

from pydantic import BaseModel

from encore.cli.dead_letters import held
from encore.cli.place import Place
from encore.cli.queues import depths, oldest_ages_s
from encore.cli.show import since
from encore.stack.provision import DEAD_LETTER_SUFFIX

SAMPLE = 100


class DeadLetterState(BaseModel):
    """The dead letters of one queue; `oldest_age_s` counts from when SQS took the message."""

    queue: str
    letters: int
    oldest_age_s: float | None


async def dead_letter_states(place: Place) -> list[DeadLetterState]:
    """Return the dead letters of every queue, in the topology's order."""
    names = list(place.topology.queues)
    ages = await oldest_ages_s(place, [name + DEAD_LETTER_SUFFIX for name in names])
    return list(
        await asyncio.gather(*(_state(place, name, ages.get(name + DEAD_LETTER_SUFFIX)) for name in names))
    )


async def _state(place: Place, name: str, age_s: float | None) -> DeadLetterState:
    letters = sum((await depths(place, await place.dead_letter_url(name))).values())
    if letters and age_s is None:
        age_s = await _sampled_age_s(place, name)
    return DeadLetterState(queue=name, letters=letters, oldest_age_s=age_s if letters else None)


async def _sampled_age_s(place: Place, name: str) -> float | None:
    """Where CloudWatch does not tell, look: nobody works on dead letters, so a look disturbs nobody."""
    async with held(place, name, limit=SAMPLE) as hand:
        return max((since(letter.sent_at) for letter in hand.letters if letter.sent_at), default=None)
