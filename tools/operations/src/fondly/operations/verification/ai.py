"""Checks that the AI services answer. They cost a fraction of a cent."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from fondly.operations.verification.account import Account
from fondly.operations.verification.campaigns import REMEDY as CAMPAIGNS
from fondly.operations.verification.campaigns import campaign_finding
from fondly.operations.verification.check import Check, Finding, judged, passed, skipped
from fondly.operations.verification.copy_request import copy_problems
from fondly.operations.verification.services import has_understudy

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
