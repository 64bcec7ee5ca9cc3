"""The account's quotas that decide how long a run takes, and what SES lets it send."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from math import ceil

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import BaseModel, ConfigDict

from fondly.operations.cost.hours import Quotas
from fondly.operations.cost.lines import SES_PER_S
from fondly.operations.verification.account import Account
from fondly.operations.verification.campaigns import campaigns_of
from fondly.operations.verification.check import Check, Finding, judged, passed, skipped
from fondly.operations.verification.sending import SES, transport_of
from fondly.operations.verification.services import vcpus_of_release
from fondly.runtime.errors import error_code

ALLOW = "allow servicequotas:ListServiceQuotas and ListAWSDefaultServiceQuotas"
SES_REMEDY = "request production access in the SES console; it takes a day or so"
SES_PER_DAY = 50_000.0
"""What SES allows many accounts at first."""
NO_QUOTAS = frozenset({"NoSuchResourceException", "AccessDeniedException"})
_REGION = re.compile(r"^(us-gov|us|eu|apac|au|ca|jp|global)\.")
_RELEASE = re.compile(r"-\d{8}.*|-v\d+:\d+$")
_MARKS = re.compile(r"[^a-z0-9]+")


class Quota(BaseModel):
    """A quota of the account, as it is applied."""

    model_config = ConfigDict(frozen=True)
    service: str
    code: str
    name: str
    value: float

    def __str__(self) -> str:
        """Return the figure with its name and code."""
        return f"{self.value:,.0f} ({self.name}, {self.code})"

    def request_of(self, value: float) -> str:
        """Return the command that requests a higher one."""
        return (
            f"aws service-quotas request-service-quota-increase --service-code {self.service}"
            f" --quota-code {self.code} --desired-value {value:.0f}"
        )


@dataclass(frozen=True, kw_only=True)
class FoundQuotas:
    """What Service Quotas says; None for what it does not list."""

    converse_rpm: Quota | None = None
    converse_tpm: Quota | None = None
    comprehend_tps: Quota | None = None
    dataset_groups: Quota | None = None
    campaigns: Quota | None = None
    recommendations_tps: Quota | None = None
    fargate_vcpus: Quota | None = None

    def limits(self) -> Quotas:
        """The quotas that a run's hours depend on; a new account's where nothing is known."""
        known = {
            "converse_calls_per_min": self.converse_rpm,
            "converse_tokens_per_min": self.converse_tpm,
            "comprehend_calls_per_s": self.comprehend_tps,
        }
        return Quotas(**{name: quota.value for name, quota in known.items() if quota and quota.value})


@dataclass(frozen=True)
class SesRate:
    """Emails that SES accepts of an account in a second, and in a day."""

    per_s: float = SES_PER_S
    per_day: float = SES_PER_DAY


def find_quotas(account: Account, model_id: str | None) -> FoundQuotas:
    """Ask Service Quotas; raise `ClientError` if it refuses."""
    bedrock, personalize = _listed(account, "bedrock"), _listed(account, "personalize")
    return FoundQuotas(
        converse_rpm=_of_model(bedrock, "requests", model_id),
        converse_tpm=_of_model(bedrock, "tokens", model_id),
        comprehend_tps=_named(_listed(account, "comprehend"), "batchdetectsentiment", "second"),
        dataset_groups=_named(personalize, "active dataset groups"),
        campaigns=_named(personalize, "campaigns"),
        recommendations_tps=_named(personalize, "getrecommendations"),
        fargate_vcpus=_named(_listed(account, "fargate"), "on demand vcpu"),
    )


def ses_rate(account: Account) -> SesRate:
    """Return what SES lets the account send; what it lets many at first where it does not answer."""
    try:
        quota = account.ses.get_account()["SendQuota"]
    except (BotoCoreError, ClientError):
        return SesRate()
    return SesRate(per_s=quota["MaxSendRate"], per_day=quota["Max24HourSend"])


def quota_checks(account: Account) -> list[Check]:
    """A check per quota, and of the account's standing at SES; skipped where nothing answers for AWS."""

    def campaigns() -> Finding:  # one more than there are: a run may need its own
        return _quota(account, "campaigns", least=len(campaigns_of(account)) + 1)

    def fargate() -> Finding:  # what a release takes, whose checks run beside the tasks
        return _quota(
            account, "fargate_vcpus", least=ceil(vcpus_of_release(account)) if account.on_aws else 1
        )

    return [
        Check("quota of Bedrock requests", ALLOW, partial(_model_quota, account, "converse_rpm")),
        Check("quota of Bedrock tokens", ALLOW, partial(_model_quota, account, "converse_tpm")),
        Check("quota of Comprehend", ALLOW, partial(_quota, account, "comprehend_tps")),
        Check("quota of Personalize", ALLOW, partial(_quota, account, "dataset_groups")),
        Check("quota of campaigns", ALLOW, campaigns),
        Check("quota of real-time requests", ALLOW, partial(_quota, account, "recommendations_tps")),
        Check("quota of Fargate", ALLOW, fargate),
        Check("SES account", SES_REMEDY, partial(_ses, account)),
    ]


def model_of(account: Account) -> str | None:
    """The model that is asked: the one that was named, else the deployed mailer's; None without either."""
    if account.model_id:
        return account.model_id
    try:
        return account.mailer_setting("model-id")
    except account.ssm.exceptions.ParameterNotFound:
        return None


def _model_quota(account: Account, name: str) -> Finding:
    if model_of(account) is None:
        return skipped("name a model with --model-id")
    return _quota(account, name)


def _quota(account: Account, name: str, *, least: float = 1) -> Finding:
    try:
        quota: Quota | None = getattr(find_quotas(account, model_of(account)), name)
    except ClientError as error:
        if account.on_aws or error_code(error) not in NO_QUOTAS:
            raise
        quota = None
    if quota is None:
        return skipped("Service Quotas lists none" if account.on_aws else "emulator")
    if quota.value < least:
        return judged([f"{quota} is less than {least:,.0f}: request more: {quota.request_of(least)}"])
    return passed(str(quota))


def _ses(account: Account) -> Finding:
    try:
        found = account.ses.get_account()
    except (BotoCoreError, ClientError):
        if account.on_aws:
            raise
        return skipped("emulator: nobody outside gets an email")
    quota = found["SendQuota"]
    rate = f"{quota['MaxSendRate']:,.0f} emails a second, {quota['Max24HourSend']:,.0f} a day"
    if not found["SendingEnabled"]:
        return judged([f"SES has stopped the account from sending ({found.get('EnforcementStatus', '')})"])
    if not found["ProductionAccessEnabled"]:
        sandbox = f"in the sandbox, {rate}: SES accepts emails to verified addresses only"
        if account.on_aws and transport_of(account) == SES:
            return judged([sandbox])
        return skipped(f"{sandbox}. Before sending, {SES_REMEDY}")
    return passed(rate)


def _listed(account: Account, service: str) -> Mapping[str, Quota]:
    """Every quota of a service by code: AWS's defaults, and over them what the account has been given."""
    found: dict[str, Quota] = {}
    for operation in ("list_aws_default_service_quotas", "list_service_quotas"):
        for page in account.quotas.get_paginator(operation).paginate(ServiceCode=service):
            for each in page["Quotas"]:
                found[each["QuotaCode"]] = Quota(
                    service=service, code=each["QuotaCode"], name=each["QuotaName"], value=each["Value"]
                )
    return found


def _of_model(quotas: Mapping[str, Quota], what: str, model_id: str | None) -> Quota | None:
    """A model's quota: of requests in its region, or across regions if it is called by a profile."""
    if model_id is None:
        return None
    prefix = _REGION.match(model_id.rpartition("/")[2])
    where = {None: "on demand", "global": "global cross region"}.get(
        prefix[1] if prefix else None, "cross region"
    )
    name = _words(_RELEASE.sub("", _REGION.sub("", model_id.rpartition("/")[2]).removeprefix("anthropic.")))
    return _named(quotas, f"{what} per minute", name, begins=where)


def _named(quotas: Mapping[str, Quota], *words: str, begins: str = "") -> Quota | None:
    for quota in quotas.values():
        name = _words(quota.name)
        if name.startswith(begins) and all(word in name for word in words):
            return quota
    return None


def _words(name: str) -> str:
    """A name in lower case, with one space between its words and figures: `claude haiku 5 5`."""
    return _MARKS.sub(" ", name.casefold()).strip()
