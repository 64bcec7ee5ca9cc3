"""Settings that every service has, read from `ENCORE_*` variables once, by its `__main__`."""

import sys
from pathlib import Path
from typing import Annotated, Literal, NoReturn, TypeVar

from pydantic import AliasChoices, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "ENCORE_"
NAMESPACE = "Encore"
_TOPIC_ARN = "_topic_arn"
OTLP_ENDPOINT = AliasChoices("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")


class ServiceSettings(BaseSettings):
    """What every service needs. Names of resources come from the provisioner or Terraform."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")

    data_bucket: str
    runs_table: str
    run_finished_topic_arn: str
    retention_days: Annotated[int, Field(ge=1)] = 400
    """How long records rest in DynamoDB before they expire."""
    metrics_namespace: str = NAMESPACE
    """CloudWatch namespace of the service's metrics; one a stage where stages share an account."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    concurrency: Annotated[int, Field(ge=1, le=100)] = 4
    """Messages handled at the same time by one process."""
    receive_wait_s: Annotated[int, Field(ge=0, le=20)] = 20
    drain_s: Annotated[float, Field(gt=0, le=110)] = 25.0
    """How long SIGTERM waits for messages in hand."""
    liveness_file: Path | None = None
    """Kept fresh while the service lives, for `python -m encore.runtime.liveness`; none by default."""
    otlp_endpoint: Annotated[str | None, Field(validation_alias=OTLP_ENDPOINT)] = None
    """Where spans go, by OpenTelemetry's own variables; none by default, and then none are recorded."""

    @property
    def queue_url(self) -> str:
        """The queue that the service consumes: its one setting that ends in `_queue_url`."""
        return next(str(value) for name, value in self if name.endswith("_queue_url"))

    @property
    def topic_arns(self) -> dict[str, str]:
        """The topics that the service announces to, by name: its settings that end in `_topic_arn`."""
        found = {name: str(value) for name, value in self if name.endswith(_TOPIC_ARN)}
        return {name.removesuffix(_TOPIC_ARN).replace("_", "-"): arn for name, arn in found.items()}


Settings = TypeVar("Settings", bound=BaseSettings)


def load_settings(kind: type[Settings]) -> Settings:
    """Read settings from the environment; end the process with one readable line when they are bad."""
    try:
        return kind()
    except ValidationError as error:
        _refuse(kind, error)


def _refuse(kind: type[BaseSettings], error: ValidationError) -> NoReturn:
    prefix = kind.model_config.get("env_prefix", "")
    problems = "; ".join(
        f"{prefix}{'_'.join(str(part) for part in problem['loc']).upper()}: {problem['msg']}"
        for problem in error.errors(include_url=False, include_input=False)
    )
    sys.stderr.write(f"bad settings: {problems}\n")
    raise SystemExit(2)
