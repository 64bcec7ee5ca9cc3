"""Settings, read from environment variables with the prefix `UNDERSTUDY_`."""

from __future__ import annotations

import random
from pathlib import Path  # noqa: TC003 - pydantic reads it
from typing import Annotated, Literal

from pydantic import Field, HttpUrl, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from understudy.account import AccountOptions
from understudy.bedrock import BedrockOptions
from understudy.bedrock.guardrails import DEFAULT_GUARDRAILS
from understudy.bedrock.models import CURRENT_MODEL_IDS, ModelFeatures
from understudy.bedrock.openai import OpenAiServer
from understudy.composition import Options
from understudy.comprehend import ComprehendOptions
from understudy.disturbance import Disturbance
from understudy.engines.sentiment import Prior
from understudy.personalize import PersonalizeOptions
from understudy.personalize.kinds import NOUNS
from understudy.ses import SesOptions


class Settings(BaseSettings):
    """All settings, with defaults for a laptop."""

    model_config = SettingsConfigDict(env_prefix="UNDERSTUDY_", frozen=True)

    host: str = "127.0.0.1"
    """The address to listen on."""
    port: Annotated[int, Field(ge=0, le=65_535)] = 4570
    """The port to listen on; 0 is any free one."""
    region: Annotated[str, Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")] = "us-east-1"
    """The region in ARNs."""
    account_id: Annotated[str, Field(pattern=r"^\d{12}$")] = "000000000000"
    """The account in ARNs."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """The least level that is logged."""
    state_delay_s: Annotated[float, Field(ge=0)] = 0.2
    """How long a Personalize resource stays in each state before the next."""
    state_dir: Path | None = None
    """A folder in which Personalize outlives the process; without one it is gone with it."""
    personalize_patience_s: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0
    """How long its Describe waits at most for what is under way."""
    personalize_tps: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    """The calls per second that each operation of Personalize answers; the others are throttled."""
    personalize_latency_s: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0
    """How long Personalize takes to answer a call, on average."""
    personalize_error_rate: Annotated[float, Field(ge=0, le=1)] = 0.0
    """The share of its calls that fail with InternalServerException."""
    personalize_quotas: dict[str, Annotated[int, Field(ge=0)]] = {}
    """How many resources of a kind there may be, where not as on AWS: a JSON object as {"Campaign": 1}."""
    model_ids: frozenset[str] = CURRENT_MODEL_IDS
    """The model and inference profile ids that Bedrock answers for, as a JSON list."""
    model_features: dict[str, ModelFeatures] = {}
    """What models can do that differ from the table or are not in it, as a JSON object by model id."""
    converse_rpm: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    """The requests a minute that each model answers; others are throttled."""
    converse_tpm: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    """The tokens a minute of each model, against which a request's `maxTokens` are reserved."""
    converse_latency_s: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0
    """How long a model takes to answer, on average."""
    converse_error_rate: Annotated[float, Field(ge=0, le=1)] = 0.0
    """The share of its calls that fail with InternalServerException."""
    guardrails: dict[str, tuple[str, ...]] = DEFAULT_GUARDRAILS
    """The words that each guardrail blocks, as a JSON object by guardrail id."""
    refused_words: tuple[str, ...] = BedrockOptions.refused_words
    """The words in a prompt that models refuse to answer, as a JSON list."""
    bedrock_replay: Path | None = None
    """A file of recorded answers (JSON lines), which calls get whose texts are in it."""
    openai_base_url: HttpUrl | None = None
    """The server with OpenAI's chat API that answers in place of the copywriter."""
    openai_model: Annotated[str, Field(min_length=1)] | None = None
    """The name of its model; by default the id that the client asks Bedrock for."""
    openai_api_key: SecretStr | None = None
    """The key that the server asks for."""
    openai_timeout_s: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 120.0
    """How long it may take to answer."""
    comprehend_prior: Prior = Prior.BALANCED
    """How often Comprehend expects praise and blame."""
    comprehend_tps: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    """The calls per second that each operation of Comprehend answers; the others are throttled."""
    comprehend_latency_s: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0
    """How long Comprehend takes to answer a call, on average."""
    comprehend_error_rate: Annotated[float, Field(ge=0, le=1)] = 0.0
    """The share of its calls that fail with InternalServerException."""
    comprehend_long_document: Literal["call", "entry"] = "entry"
    """What a document over the limit fails in a batch: the whole call, or only its own entry."""

    fargate_vcpus: Annotated[float, Field(ge=0, allow_inf_nan=False)] = AccountOptions.fargate_vcpus
    """What Service Quotas says of Fargate; of Bedrock and Comprehend it says what they are set to above."""
    ses_production: bool = SesOptions.production
    """Whether SES lets the account send to anybody, and not only to verified identities."""
    ses_emails_per_day: Annotated[float, Field(ge=-1, allow_inf_nan=False)] = SesOptions.emails_per_day
    """-1 is no limit."""
    ses_emails_per_s: Annotated[float, Field(ge=0, allow_inf_nan=False)] = SesOptions.emails_per_s
    """Emails a second that SES takes; more are throttled."""
    ses_identities: frozenset[str] | None = None
    """The addresses and domains that are verified, as a JSON list; by default all are."""
    ses_configuration_sets: frozenset[str] | None = None
    """The configuration sets that exist, as a JSON list; by default all do."""
    ses_events_arn: Annotated[str, Field(pattern=r"^arn:aws:s[nq]s:[^:]*:\d{12}:\S+$")] | None = None
    """The topic or queue that gets the events of emails with a configuration set."""
    ses_event_types: frozenset[Literal["Send", "Delivery", "Bounce", "Complaint"]] = frozenset(
        {"Bounce", "Complaint"}
    )
    """What it gets, as a JSON list."""
    ses_dir: Path | None = None
    """A folder in which accepted emails are kept, with an index."""
    ses_latency_s: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0
    """How long SendEmail takes, on average."""
    ses_error_rate: Annotated[float, Field(ge=0, le=1)] = 0.0
    """The share of its calls that fail with a server error before the email is accepted."""
    ses_fail_rate: Annotated[float, Field(ge=0, le=1)] = 0.0
    """The share of accepted emails that are answered with a server error."""
    ses_drop_rate: Annotated[float, Field(ge=0, le=1)] = 0.0
    """The share of accepted emails whose connection drops before the answer is complete."""
    ses_seed: int | None = None
    """Makes what goes wrong with SES the same every time."""

    @field_validator("personalize_quotas")
    @classmethod
    def _known_nouns(cls, quotas: dict[str, int]) -> dict[str, int]:
        if unknown := quotas.keys() - NOUNS:
            raise ValueError(f"there is no kind {min(unknown)}, but {', '.join(sorted(NOUNS))}")
        return quotas

    def options(self) -> Options:
        """Return how each service behaves."""
        return Options(
            comprehend=self._comprehend(),
            bedrock=self._bedrock(),
            account=self._account(),
            ses=self._ses(),
            personalize=self._personalize(),
        )

    def _account(self) -> AccountOptions:
        usual = AccountOptions()
        return AccountOptions(
            converse_rpm=self.converse_rpm or usual.converse_rpm,
            converse_tpm=self.converse_tpm or usual.converse_tpm,
            comprehend_tps=self.comprehend_tps or usual.comprehend_tps,
            fargate_vcpus=self.fargate_vcpus,
        )

    def _ses(self) -> SesOptions:
        chance = random.Random(self.ses_seed)  # noqa: S311 - not for security
        return SesOptions(
            production=self.ses_production,
            emails_per_day=self.ses_emails_per_day,
            emails_per_s=self.ses_emails_per_s,
            identities=self.ses_identities,
            configuration_sets=self.ses_configuration_sets,
            events_arn=self.ses_events_arn,
            event_types=frozenset(self.ses_event_types),
            folder=self.ses_dir,
            disturbance=Disturbance(
                latency_s=self.ses_latency_s, error_rate=self.ses_error_rate, chance=chance
            ),
            drop_rate=self.ses_drop_rate,
            fail_rate=self.ses_fail_rate,
            chance=chance,
        )

    def _bedrock(self) -> BedrockOptions:
        return BedrockOptions(
            model_ids=self.model_ids,
            features=self.model_features,
            guardrails=self.guardrails,
            refused_words=self.refused_words,
            requests_per_min=self.converse_rpm,
            tokens_per_min=self.converse_tpm,
            disturbance=Disturbance(latency_s=self.converse_latency_s, error_rate=self.converse_error_rate),
            openai=self._openai_server(),
            replay=self.bedrock_replay,
        )

    def _comprehend(self) -> ComprehendOptions:
        return ComprehendOptions(
            prior=self.comprehend_prior,
            calls_per_s=self.comprehend_tps,
            disturbance=Disturbance(
                latency_s=self.comprehend_latency_s, error_rate=self.comprehend_error_rate
            ),
            long_document_fails_batch=self.comprehend_long_document == "call",
        )

    def _personalize(self) -> PersonalizeOptions:
        return PersonalizeOptions(
            state_delay_s=self.state_delay_s,
            state_dir=self.state_dir,
            patience_s=self.personalize_patience_s,
            calls_per_s=self.personalize_tps,
            limits=self.personalize_quotas,
            disturbance=Disturbance(
                latency_s=self.personalize_latency_s, error_rate=self.personalize_error_rate
            ),
        )

    def _openai_server(self) -> OpenAiServer | None:
        if self.openai_base_url is None:
            return None
        return OpenAiServer(
            base_url=str(self.openai_base_url),
            model=self.openai_model,
            api_key=self.openai_api_key.get_secret_value() if self.openai_api_key else None,
            timeout_s=self.openai_timeout_s,
        )
