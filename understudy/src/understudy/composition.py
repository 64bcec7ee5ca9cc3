"""Builds all services of understudy."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache, partial
from typing import TYPE_CHECKING

from understudy import account, bedrock, comprehend, personalize, ses
from understudy.account import AccountOptions
from understudy.bedrock import BedrockOptions
from understudy.comprehend import ComprehendOptions
from understudy.engines.sentiment import Prior, SentimentModel
from understudy.engines.targets import TargetReader
from understudy.personalize import PersonalizeOptions
from understudy.ses import SesOptions

if TYPE_CHECKING:
    from understudy.ses.publishing import ClientFactory
    from understudy.wire.service import Service


@dataclass(frozen=True, kw_only=True)
class Options:
    """How each service behaves."""

    comprehend: ComprehendOptions = field(default_factory=ComprehendOptions)
    bedrock: BedrockOptions = field(default_factory=BedrockOptions)
    account: AccountOptions = field(default_factory=AccountOptions)
    ses: SesOptions = field(default_factory=SesOptions)
    personalize: PersonalizeOptions = field(default_factory=PersonalizeOptions)


def create_services(
    options: Options, *, region: str, account_id: str, clients: ClientFactory
) -> list[Service]:
    """Return every service; `clients` opens clients of S3, for jobs, and of SNS and SQS, for SES's events."""
    model = _sentiment_model(options.comprehend.prior)
    return [
        comprehend.create_service(model, TargetReader(model), options.comprehend),
        bedrock.create_service(options.bedrock),
        account.create_service(
            options.account, model_ids=options.bedrock.model_ids, region=region, account_id=account_id
        ),
        ses.create_service(options.ses, region=region, account_id=account_id, clients=clients),
        *personalize.create_services(
            options.personalize, region=region, account_id=account_id, s3=partial(clients, "s3")
        ),
    ]


@cache
def _sentiment_model(prior: Prior) -> SentimentModel:
    """Load the model once in a process: it never changes, and threads may share it."""
    return SentimentModel.load(prior)
