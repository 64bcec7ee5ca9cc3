"""Checks that the AI services answer. They cost a fraction of a cent."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from functools import partial
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
from fondly.operations.verification.campaigns import REMEDY as CAMPAIGNS
from fondly.operations.verification.campaigns import campaign_finding
from fondly.operations.verification.check import Check, Finding, judged, passed, skipped
from fondly.operations.verification.services import has_understudy
from fondly.runtime.quota.limiter import Limiter

BEDROCK = (
    "submit Anthropic's use-case form (Bedrock console, model catalogue), then repeat with"
    " aws-marketplace:Subscribe; if «on-demand throughput» is refused, name an inference profile, as eu.…;"
    " if the model is unknown, use a current one"
)
COMPREHEND = "use a region with Comprehend, and allow comprehend:DetectSentiment and BatchDetectSentiment"
LANGUAGES = "allow comprehend:BatchDetectDominantLanguage"
ASPECTS = "use a region with targeted sentiment, and allow comprehend:BatchDetectTargetedSentiment"
SAMPLE = "The sound is great, but the battery is terrible."
PERSONALIZE = "use a region with Personalize, and allow personalize:ListRecipes"
PERSONALIZE_PRINCIPAL = "personalize.amazonaws.com"
PARAMETERS = ("temperature", "guardrail_id", "guardrail_version", "locale", "wordings", "brand_voice")
"""The mailer's settings that decide what it asks, beside the model."""
PATIENCE_S = 60.0
"""How long throttled calls are repeated."""


def ai_checks(account: Account) -> list[Check]:
    """A check per service, with the operator's credentials; skipped where understudy replaces them."""
    return [
        Check("Comprehend", COMPREHEND, partial(_unless_understudy, account, _comprehend)),
        Check("Comprehend languages", LANGUAGES, partial(_unless_understudy, account, _languages)),
        Check("Comprehend aspects", ASPECTS, partial(_unless_understudy, account, _aspects)),
        Check("Personalize", PERSONALIZE, partial(_unless_understudy, account, _personalize)),
        Check("role of Personalize", "terraform apply", partial(_role, account)),
        Check("campaigns", CAMPAIGNS, partial(_unless_understudy, account, campaign_finding)),
        Check("Bedrock model", BEDROCK, partial(_unless_understudy, account, _bedrock)),
    ]


def _unless_understudy(account: Account, probe: Callable[[Account], Finding]) -> Finding:
    return skipped("this environment uses understudy") if has_understudy(account) else probe(account)


def _comprehend(account: Account) -> Finding:
    account.comprehend.detect_sentiment(Text=SAMPLE, LanguageCode="en")
    return _batch_finding(account.comprehend.batch_detect_sentiment(TextList=[SAMPLE], LanguageCode="en"))


def _languages(account: Account) -> Finding:
    return _batch_finding(account.comprehend.batch_detect_dominant_language(TextList=[SAMPLE]))


def _aspects(account: Account) -> Finding:
    asked = account.comprehend.batch_detect_targeted_sentiment(TextList=[SAMPLE], LanguageCode="en")
    return _batch_finding(asked)


def _batch_finding(answer: Mapping[str, Any]) -> Finding:
    """A batch must have a result for its only document."""
    return judged([f"{each['ErrorCode']}: {each['ErrorMessage']}" for each in answer["ErrorList"]])


def _personalize(account: Account) -> Finding:
    account.personalize.list_recipes(maxResults=1)
    return passed()


def _role(account: Account) -> Finding:
    if not account.on_aws:
        return skipped("emulator: the role is a name only")
    name = f"{account.named('personalize')}-{account.iam.meta.region_name}"
    trust = account.iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]
    trusted = any(
        PERSONALIZE_PRINCIPAL in each["Principal"].get("Service", "") for each in trust["Statement"]
    )
    return judged([] if trusted else [f"does not trust {PERSONALIZE_PRINCIPAL}"])


def _bedrock(account: Account) -> Finding:
    try:
        model_id = account.model_id or account.mailer_setting("model-id")
    except account.ssm.exceptions.ParameterNotFound:
        if account.on_aws:
            raise
        return skipped("emulator: name a model with --model-id")
    return judged(copy_problems(account, model_id), detail=model_id)


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
