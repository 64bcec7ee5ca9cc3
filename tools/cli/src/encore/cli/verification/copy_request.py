"""Asks the model what the mailer asks: the same prompt, schema, temperature, profile and guardrail."""

from typing import TYPE_CHECKING, Any

from encore.cli.verification.account import Account
from encore.contracts.records import Pick, Product, Reason, ReasonKind, Recommendation, RecommendationSource
from encore.mailer.__main__ import model_choice, style
from encore.mailer.adapters.bedrock_replies import read_reply
from encore.mailer.adapters.bedrock_requests import converse_request
from encore.mailer.domain.copy.answers import AnswerFormatError, read_answer
from encore.mailer.domain.copy.prompt import copy_prompt
from encore.mailer.domain.facts.email import email_facts
from encore.mailer.ports import ModelMessage
from encore.mailer.settings import MailerSettings

if TYPE_CHECKING:
    from types_aiobotocore_bedrock_runtime.type_defs import ConverseRequestTypeDef

PARAMETERS = (
    "temperature",
    "structured_output",
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
    """Ask for the copy of one email about one product; return what the mailer would be unable to use."""
    reply = read_reply(account.bedrock.converse(**request(account, model_id)))  # type: ignore[arg-type] # the asynchronous client's name of the same type
    if reply.refusal:
        return [f"the model gives no complete answer: {reply.refusal}"]
    try:
        wordings = read_answer(reply.text)
    except AnswerFormatError as error:
        return [f"the model does not obey the schema: {error}"]
    return [] if wordings else ["the model's answer has none of the fields of the schema"]


def request(account: Account, model_id: str) -> "ConverseRequestTypeDef":
    """Return what the deployed mailer would send, with its own settings as far as there are any."""
    settings = _settings(account, model_id)
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
    prompt = copy_prompt(facts, style(settings))
    return converse_request(
        model_choice(settings),
        prompt.system,
        [ModelMessage("user", prompt.text)],
        schema=prompt.schema,
        max_tokens=prompt.max_tokens,
    )


def _settings(account: Account, model_id: str) -> MailerSettings:
    """The mailer's defaults, and over them its parameters; what names resources is of no interest here."""
    names = {account.mailer_parameter(name): f"mailer_{name}" for name in PARAMETERS}
    found = account.ssm.get_parameters(Names=list(names))["Parameters"] if account.on_aws else []
    given: dict[str, Any] = {names[each["Name"]]: each["Value"] for each in found}
    needed = {name: "-" for name, field in MailerSettings.model_fields.items() if field.is_required()}
    return MailerSettings.model_validate({**needed, **given, "mailer_model_id": model_id})
