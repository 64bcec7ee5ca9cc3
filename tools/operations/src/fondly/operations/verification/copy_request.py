"""Asks the model what the mailer asks, in the same way: with its prompts, settings and guardrail."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from fondly.contracts.records import Pick, Product, Reason, ReasonKind, Recommendation, RecommendationSource
from fondly.mailer.__main__ import model_choice, style
from fondly.mailer.adapters.bedrock_errors import refused_member
from fondly.mailer.adapters.bedrock_replies import read_reply
from fondly.mailer.adapters.bedrock_requests import ModelChoice, converse_request
from fondly.mailer.domain.copy.answers import AnswerFormatError, read_answer, read_product_answer
from fondly.mailer.domain.copy.fields import FRAME_TEXTS
from fondly.mailer.domain.copy.frame_prompt import frame_prompt
from fondly.mailer.domain.copy.product_prompt import product_prompt
from fondly.mailer.domain.copy.prompt import Prompt, Task
from fondly.mailer.domain.facts.email import email_facts
from fondly.mailer.ports import ModelReply
from fondly.mailer.settings import MailerSettings
from fondly.operations.verification.account import Account

if TYPE_CHECKING:
    from types_aiobotocore_bedrock_runtime.type_defs import ConverseRequestTypeDef

PARAMETERS = (
    "temperature",
    "guardrail_id",
    "guardrail_version",
    "locale",
    "wordings",
    "brand_voice",
)
"""The mailer's settings that decide what it asks, beside the model."""
LAMP = Product(
    product_id="check",
    name="Desk Lamp, Dimmable",
    category=("Home", "Lamps"),
    price="20",
    currency="EUR",
    bullets=("Three steps of brightness", "A clip for the edge of a table"),
)


def copy_problems(account: Account, model_id: str) -> list[str]:
    """Ask for the frame of an email and for texts on its product; return what the mailer could not use."""
    settings = deployed_settings(account, model_id)
    return [
        f"{prompt.task}: {problem}"
        for prompt in prompts(settings)
        for problem in _problems(_reply(account, model_choice(settings), prompt), prompt.task)
    ]


def deployed_settings(account: Account, model_id: str) -> MailerSettings:
    """Return the mailer's defaults, and over them its parameters; what names resources is of no interest."""
    names = {account.mailer_parameter(name): f"mailer_{name}" for name in PARAMETERS}
    found = account.ssm.get_parameters(Names=list(names))["Parameters"] if account.on_aws else []
    given: dict[str, Any] = {names[each["Name"]]: each["Value"] for each in found}
    needed = {name: "-" for name, field in MailerSettings.model_fields.items() if field.is_required()}
    return MailerSettings.model_validate({**needed, **given, "mailer_model_id": model_id})


def prompts(settings: MailerSettings) -> list[Prompt]:
    """Return what the mailer would ask for an email about one product."""
    facts = email_facts(
        Recommendation(
            customer_id="check",
            name="Alex",
            email="alex@shop.example",
            source=RecommendationSource.POPULARITY,
            picks=(Pick(product=LAMP, reason=Reason(kind=ReasonKind.ASSORTMENT)),),
        ),
        brand=settings.mailer_brand_name,
        locale=settings.mailer_locale,
    )
    written = style(settings)
    return [frame_prompt(facts, written), *(product_prompt(each, written) for each in facts.products)]


def request(settings: MailerSettings, prompt: Prompt) -> "ConverseRequestTypeDef":
    """Return what the mailer would send with these settings."""
    return converse_request(model_choice(settings), prompt)


def _reply(account: Account, choice: ModelChoice, prompt: Prompt) -> ModelReply:
    """Ask, and leave out what the model refuses, as the mailer does."""
    while True:
        asked = converse_request(choice, prompt)
        try:
            return read_reply(account.bedrock.converse(**asked))  # type: ignore[arg-type] # the asynchronous client's name of the same type
        except ClientError as error:
            if not (member := refused_member(error, choice.members)):
                raise
            choice = choice.without(member)


def _problems(reply: ModelReply, task: Task) -> Iterator[str]:
    if reply.refusal:
        yield f"the model gives no complete answer: {reply.refusal}"
        return
    is_frame = task is Task.FRAME
    try:
        wordings = read_answer(reply.text, FRAME_TEXTS) if is_frame else read_product_answer(reply.text)
    except AnswerFormatError as error:
        yield f"the model does not obey the schema: {error}"
    else:
        if not wordings:
            yield "the model's answer has none of the fields of the schema"
