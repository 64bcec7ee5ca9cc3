"""Who answers the mailer's question which texts say something unproved: understudy, or a model of Bedrock."""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack

from fondly.mailer.adapters.bedrock import BedrockModel
from fondly.mailer.adapters.bedrock_capabilities import capabilities_of
from fondly.mailer.adapters.bedrock_requests import ModelChoice
from fondly.mailer.domain.copy.prompt import Prompt, Task
from fondly.mailer.domain.copy.question import joined
from fondly.mailer.ports import Model
from fondly.mailer.use_cases.joint_calls import calls, shared_out
from fondly.runtime.aws import client_opener
from fondly.runtime.parallel import for_each
from fondly.runtime.quota.limiter import Limiter
from fondly.runtime.retry import NO_SDK_RETRIES
from understudy.engines.copywriter import write

CALLS_PER_S, PARALLEL = 3.0, 8

Judge = Callable[[Sequence[Prompt]], Sequence[str | None]]
"""Answers each question; None is not measured, and what cannot be read refuses, as in the mailer."""


def understudy(prompts: Sequence[Prompt]) -> list[str]:
    """Answer in this process."""
    return [write([each.text], schema=json.loads(each.schema)) for each in prompts]


def bedrock(model_id: str) -> Judge:
    """Answer by a model of Bedrock, as calmly as it can; raises what the mailer's adapter raises."""

    async def ask(prompts: Sequence[Prompt]) -> list[str]:
        async with AsyncExitStack() as stack:
            client = await client_opener(stack, validate=False)("bedrock-runtime", retries=NO_SDK_RETRIES)
            choice = ModelChoice(model_id=model_id, capabilities=capabilities_of(model_id), temperature=0.0)
            return await answered(BedrockModel(client, choice, Limiter(CALLS_PER_S)), prompts)

    return lambda prompts: asyncio.run(ask(prompts))


async def answered(model: Model, prompts: Sequence[Prompt]) -> list[str]:
    """Return a model's answers, of which one call has several; empty for a refusal."""
    answers: dict[str, str] = {}

    async def call(group: Mapping[str, Prompt]) -> None:
        reply = await model.ask(joined(list(group.values())))
        shares = shared_out(reply, Task.JUDGE, len(group))
        answers.update({key: each.text for key, each in zip(group, shares, strict=True)})

    await for_each(calls({each.digest: each for each in prompts}), call, parallel=PARALLEL)
    return [answers[each.digest] for each in prompts]
