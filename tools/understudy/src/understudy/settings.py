"""Settings, read from environment variables with the prefix `UNDERSTUDY_`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from understudy.bedrock.models import CURRENT_MODEL_IDS
from understudy.engines.sentiment import Prior


class Settings(BaseSettings):
    """All settings, with defaults for a laptop."""

    model_config = SettingsConfigDict(env_prefix="UNDERSTUDY_", frozen=True)

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65_535)] = 4570
    region: Annotated[str, Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")] = "us-east-1"
    account_id: Annotated[str, Field(pattern=r"^\d{12}$")] = "000000000000"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    state_delay_s: Annotated[float, Field(ge=0)] = 0.2
    """How long a Personalize resource or a Comprehend job stays in each state before the next."""
    model_ids: frozenset[str] = CURRENT_MODEL_IDS
    """The model and inference profile ids that Bedrock answers for, as a JSON list."""
    comprehend_prior: Prior = Prior.BALANCED
    """How often Comprehend expects praise and blame."""
    comprehend_tps: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    """The calls per second that each operation of Comprehend answers; the others are throttled."""
    comprehend_long_document: Literal["call", "entry"] = "entry"
    """What a document over the limit fails in a batch: the whole call, or only its own entry."""
