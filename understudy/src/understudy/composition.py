"""Builds all services of understudy."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from understudy import account, bedrock, comprehend, personalize, ses
from understudy.account import AccountOptions
from understudy.bedrock import BedrockOptions
from understudy.disturbance import Disturbance
from understudy.engines.sentiment import Prior, SentimentModel
from understudy.engines.targets import TargetReader
from understudy.personalize import PersonalizeOptions
from understudy.ses import SesOptions

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from understudy.s3 import S3ClientFactory
    from understudy.ses.publishing import ClientFactory
    from understudy.wire.service import Service


def create_services(
    *,
    region: str,
    account_id: str,
    model_ids: Collection[str],
    state_delay_s: float,
    s3_client_factory: S3ClientFactory,
    comprehend_prior: Prior = Prior.BALANCED,
    comprehend_calls_per_s: float | None = None,
    comprehend_disturbance: Disturbance = Disturbance(),  # noqa: B008 - frozen
    long_document_fails_batch: bool = False,
    bedrock_options: BedrockOptions = BedrockOptions(),  # noqa: B008 - frozen
    account_options: AccountOptions = AccountOptions(),  # noqa: B008 - frozen
    personalize_options: PersonalizeOptions = PersonalizeOptions(),  # noqa: B008 - frozen
    ses_options: SesOptions = SesOptions(),  # noqa: B008 - frozen
    client_factory: ClientFactory | None = None,
    state_dir: Path | None = None,
) -> list[Service]:
    """Return every service; their jobs reach S3 through clients of `s3_client_factory`.

    `client_factory` opens clients of SNS and SQS, for the events of SES.

    With `state_dir`, jobs of Comprehend and Bedrock outlive the process there; Personalize's options say
    where its state is.
    """
    return [
        comprehend.create_service(
            _sentiment_model(comprehend_prior),
            TargetReader(_sentiment_model(comprehend_prior)),
            region=region,
            account_id=account_id,
            s3_client_factory=s3_client_factory,
            state_delay_s=state_delay_s,
            calls_per_s=comprehend_calls_per_s,
            disturbance=comprehend_disturbance,
            long_document_fails_batch=long_document_fails_batch,
            state_dir=state_dir,
        ),
        *bedrock.create_services(
            bedrock_options,
            model_ids=model_ids,
            region=region,
            account_id=account_id,
            s3_client_factory=s3_client_factory,
            state_delay_s=state_delay_s,
            state_dir=state_dir,
        ),
        *account.create_services(account_options, model_ids=model_ids, region=region, account_id=account_id),
        ses.create_service(ses_options, region=region, account_id=account_id, clients=client_factory),
        *personalize.create_services(
            region=region,
            account_id=account_id,
            s3_client_factory=s3_client_factory,
            state_delay_s=state_delay_s,
            options=personalize_options,
        ),
    ]


@cache
def _sentiment_model(prior: Prior) -> SentimentModel:
    """Load the model once in a process: it never changes, and threads may share it."""
    return SentimentModel.load(prior)
