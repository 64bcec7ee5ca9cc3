"""How many dead letters each queue has, and the age of the oldest."""

import asyncio

from pydantic import BaseModel

from fondly.operations.dead_letters.received import receive_dead_letters
from fondly.operations.environment import Environment
from fondly.operations.formatting import since
from fondly.operations.queues.states import depths, oldest_ages_s
from fondly.operations.topology import DEAD_LETTER_SUFFIX

SAMPLE = 100


class DeadLetterCount(BaseModel):
    """The dead letters of one queue; `oldest_age_s` counts from when SQS received the message."""

    queue: str
    dead_letters: int
    oldest_age_s: float | None


async def count_dead_letters(environment: Environment) -> list[DeadLetterCount]:
    """Return the number of dead letters of every queue, in the topology's order."""
    names = list(environment.topology.queues)
    ages = await oldest_ages_s(environment, [name + DEAD_LETTER_SUFFIX for name in names])
    counts = (_count(environment, name, ages.get(name + DEAD_LETTER_SUFFIX)) for name in names)
    return list(await asyncio.gather(*counts))


async def _count(environment: Environment, name: str, age_s: float | None) -> DeadLetterCount:
    number = sum((await depths(environment, await environment.dead_letter_url(name))).values())
    if number and age_s is None:
        age_s = await _sampled_age_s(environment, name)
    return DeadLetterCount(queue=name, dead_letters=number, oldest_age_s=age_s if number else None)


async def _sampled_age_s(environment: Environment, name: str) -> float | None:
    """The age as far as a sample shows it, where CloudWatch has none: nothing consumes dead letters."""
    async with receive_dead_letters(environment, name, limit=SAMPLE) as received:
        return max((since(each.sent_at) for each in received.dead_letters if each.sent_at), default=None)
