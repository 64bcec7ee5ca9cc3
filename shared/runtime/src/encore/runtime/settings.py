"""Settings common to all services; only `__main__` reads them, from `ENCORE_*` variables."""

import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal, NoReturn, TypeVar

from pydantic import AliasChoices, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

PREFIX = "ENCORE_"
NAMESPACE = "Encore"
_TOPIC_ARN = "_topic_arn"
OTLP_ENDPOINT = AliasChoices("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")


class ServiceSettings(BaseSettings):
    """Settings of every service. The provisioner or Terraform sets the names of resources."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")

    data_bucket: str
    runs_table: str
    run_finished_topic_arn: str
    retention_days: Annotated[int, Field(ge=1)] = 400
    """How long records are kept in DynamoDB before they expire."""
    run_budget_usd: Annotated[Decimal, Field(gt=0, allow_inf_nan=False)] | None = None
    """What the AI services may charge for one run, in US dollars; the run stops before it would be more."""
    metrics_namespace: str = NAMESPACE
    """CloudWatch namespace of the service's metrics; one per deployment if several share an account."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    concurrency: Annotated[int, Field(ge=1, le=100)] = 4
    """Messages that one process handles at a time."""
    receive_wait_s: Annotated[int, Field(ge=0, le=20)] = 20
    drain_s: Annotated[float, Field(gt=0, le=110)] = 25.0
    """How long the messages being handled may take to finish after SIGTERM."""
    liveness_file: Path | None = None
    """Touched while the service is alive, for `python -m encore.runtime.liveness`; none by default."""
    otlp_endpoint: Annotated[str | None, Field(validation_alias=OTLP_ENDPOINT)] = None
    """Where spans are sent, from OpenTelemetry's own variables; without it none are recorded."""

    @property
    def queue_url(self) -> str:
        """The queue that the service consumes: the only setting whose name ends in `_queue_url`."""
        return next(str(value) for name, value in self if name.endswith("_queue_url"))

    @property
    def topic_arns(self) -> dict[str, str]:
        """The topics that the service publishes to, by name: settings whose name ends in `_topic_arn`."""
        found = {name: str(value) for name, value in self if name.endswith(_TOPIC_ARN)}
        return {name.removesuffix(_TOPIC_ARN).replace("_", "-"): arn for name, arn in found.items()}


Settings = TypeVar("Settings", bound=BaseSettings)


def load_settings(kind: type[Settings]) -> Settings:
    """Read settings from the environment; if they are invalid, exit with 2 and one readable line."""
    try:
        return kind()
    except ValidationError as error:
        _exit("; ".join(_problems(kind, error)))
    except SettingsError as error:  # a section that is set as a whole, but not as JSON
        _exit(str(error))


def _problems(kind: type[BaseSettings], error: ValidationError) -> Iterator[str]:
    prefix = kind.model_config.get("env_prefix", "")
    delimiter = kind.model_config.get("env_nested_delimiter") or "_"
    for problem in error.errors(include_url=False, include_input=False):
        name = delimiter.join(str(part) for part in problem["loc"]).upper()
        yield f"{prefix}{name}: {problem['msg']}"


def _exit(problems: str) -> NoReturn:
    sys.stderr.write(f"invalid settings: {problems}\n")
    raise SystemExit(2)
