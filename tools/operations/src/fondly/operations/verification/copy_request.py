"""Asks the model what the mailer asks, in the same way: with its prompts, settings and guardrail."""

import asyncio
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from fondly.contracts.errors import PermanentError
from fondly.mailer.__main__ import model_choice
from fondly.mailer.adapters.bedrock import BedrockModel
from fondly.mailer.domain.copy.answers import AnswerFormatError, read_answer
from fondly.mailer.domain.copy.fields import FRAME_TEXTS, PRODUCT_TEXTS
from fondly.mailer.domain.copy.prompt import MEMBERS, Task
from fondly.mailer.ports import ModelReply
from fondly.mailer.settings import MailerSettings
from fondly.mailer.use_cases.shape_emails import style
from fondly.mailer.use_cases.try_model import trial_prompts
from fondly.operations.verification.account import Account
from fondly.runtime.quota.limiter import Limiter

PARAMETERS = ("temperature", "guardrail_id", "guardrail_version", "locale", "wordings", "brand_voice")
"""The mailer's settings that decide what it asks, beside the model."""
PATIENCE_S = 60.0
"""How long throttled calls are repeated."""


def copy_problems(account: Account, model_id: str) -> list[str]:
    """Ask for the frame of an email and for texts on its product; return what the mailer could not use."""
    try:
        return asyncio.run(_problems(account, deployed_settings(account, model_id)))
    except (PermanentError, TimeoutError) as error:
        return [str(error) or f"no answer within {PATIENCE_S:.0f} s"]


def deployed_settings(account: Account, model_id: str) -> MailerSettings:
    """Return the mailer's defaults, and over them its parameters; what names resources is of no interest."""
    names = {account.mailer_parameter(name): f"mailer_{name}" for name in PARAMETERS}
    found = account.ssm.get_parameters(Names=list(names))["Parameters"] if account.on_aws else []
    given: dict[str, Any] = {names[each["Name"]]: each["Value"] for each in found}
    needed = {name: "-" for name, field in MailerSettings.model_fields.items() if field.is_required()}
    return MailerSettings.model_validate({**needed, **given, "mailer_model_id": model_id})


async def _problems(account: Account, settings: MailerSettings) -> list[str]:
    async def converse(**request: Any) -> Any:  # noqa: ANN401 - passed on
        return account.bedrock.converse(**request)

    bedrock: Any = SimpleNamespace(converse=converse)
    model = BedrockModel(bedrock, model_choice(settings), Limiter(1.0))
    async with asyncio.timeout(PATIENCE_S):
        return [
            f"{prompt.task}: {problem}"
            for prompt in trial_prompts(style(settings))
            for problem in _of_reply(await model.ask(prompt), prompt.task)
        ]


def _of_reply(reply: ModelReply, task: Task) -> Iterator[str]:
    if reply.refusal:
        yield f"the model gives no complete answer: {reply.refusal}"
        return
    fields = FRAME_TEXTS if task is Task.FRAME else PRODUCT_TEXTS
    try:
        wordings = read_answer(reply.text, fields, member=MEMBERS.get(task))
    except AnswerFormatError as error:
        yield f"the model does not obey the schema: {error}"
    else:
        if not wordings:
            yield "the model's answer has none of the fields of the schema"
