"""Settings that services have in common; only `__main__` reads them, from `FONDLY_*` variables."""

import sys
from collections.abc import Iterator
from decimal import Decimal
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal, NoReturn, TypeVar

from pydantic import AfterValidator, AliasChoices, Field, ValidationError
from pydantic_settings import BaseSettings, EnvSettingsSource, SettingsConfigDict, SettingsError

from fondly.contracts.consent import Cap
from fondly.runtime.changed_settings import changed_settings

PREFIX = "FONDLY_"
NAMESPACE = "Fondly"
_TOPIC_ARN = "_topic_arn"
_RUNS_TABLE = "-runs"
MAX_OWN_TAGS = 40
"""AWS allows 50 on a resource; the rest is for ours."""


def _not_reserved(key: str) -> str:
    if key.lower().startswith("aws:"):
        raise ValueError("keys that begin with aws: are AWS's own")
    return key


def _networks(value: str) -> str:
    for each in value.split(",") if value else ():
        ip_network(each.strip())  # raises ValueError, which says what is wrong with it
    return value


TagKey = Annotated[
    str, Field(min_length=1, max_length=128, pattern=r"^[\w .:/=+\-@]+$"), AfterValidator(_not_reserved)
]
TagValue = Annotated[str, Field(max_length=256, pattern=r"^[\w .:/=+\-@]*$")]
OTLP_ENDPOINT = AliasChoices("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")


class ProcessSettings(BaseSettings):
    """Settings of every process of ours, whether it consumes a queue or not."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")

    data_bucket: str
    runs_table: str
    retention_days: Annotated[int, Field(ge=1)] = 400
    """How long records are kept in DynamoDB before they expire."""
    metrics_namespace: str = NAMESPACE
    """CloudWatch namespace of the service's metrics; one per deployment if several share an account."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """The least level that is logged; metrics are written at any."""
    drain_s: Annotated[float, Field(gt=0, le=110)] = 25.0
    """How long what is being worked on may take to finish after SIGTERM."""
    validate_requests: bool = False
    """Let botocore check the shape of every AWS request before it is sent: tests do, production need not."""
    otlp_endpoint: Annotated[str | None, Field(validation_alias=OTLP_ENDPOINT)] = None
    """Where spans are sent, from OpenTelemetry's own variables; without it none are recorded."""

    @property
    def tables(self) -> list[str]:
        """The tables that the process uses: settings whose name ends in `_table`."""
        return [str(value) for name, value in self if name.endswith("_table")]

    @property
    def environment(self) -> str:
        """The deployment's name, such as `fondly-prod`: the prefix of the names of all its resources.

        A restored table's name goes on after its own: `fondly-prod-runs-restored`.
        """
        return self.runs_table.partition(_RUNS_TABLE)[0]

    @property
    def topic_arns(self) -> dict[str, str]:
        """The topics that the process publishes to, by name: settings whose name ends in `_topic_arn`."""
        found = {name: str(value) for name, value in self if name.endswith(_TOPIC_ARN)}
        return {name.removesuffix(_TOPIC_ARN).replace("_", "-"): arn for name, arn in found.items()}


class WebSettings(ProcessSettings):
    """Settings of processes that answer requests."""

    web_proxies: Annotated[str, AfterValidator(_networks)] = ""
    """Addresses and networks, by commas, of proxies in front, whose `X-Forwarded-For` names callers."""


class ServiceSettings(ProcessSettings):
    """Settings of every service. The provisioner or Terraform sets the names of resources."""

    run_finished_topic_arn: str
    run_budget_usd: Annotated[Decimal, Field(gt=0, allow_inf_nan=False)] | None = None
    """What the AI services may charge for one run, in US dollars; the run stops before it would be more."""
    tags: Annotated[dict[TagKey, TagValue], Field(max_length=MAX_OWN_TAGS)] = {}
    """Further tags of what is created in AWS, as JSON: `{"cost-center": "4711"}`."""
    record_calls: bool = False
    """Keep what AI services are asked and answer, for tests: only where all customers are made up."""
    concurrency: Annotated[int, Field(ge=1, le=100)] = 4
    """Messages that one process handles at a time."""
    receive_wait_s: Annotated[int, Field(ge=0, le=20)] = 20
    """How long a call waits for messages (long polling)."""
    liveness_file: Path | None = None
    """Touched while the service is alive, for `python -m fondly.runtime.liveness`; none by default."""

    @property
    def queue_url(self) -> str:
        """The queue that the service consumes: the only setting whose name ends in `_queue_url`."""
        return next(str(value) for name, value in self if name.endswith("_queue_url"))


class ConsentTables(ProcessSettings):
    """Where it is kept who must not be written to, and when and about what the others want to be."""

    suppressions_table: str
    contacts_table: str


class FrequencyCap(ProcessSettings):
    """How often customers are written to at most."""

    contact_max_emails: Annotated[int, Field(ge=0, le=40)] = 0
    """Emails to a customer in `contact_days`, over all runs; 0 is no limit."""
    contact_days: Annotated[int, Field(ge=1, le=366)] = 7
    """The days that `contact_max_emails` is counted over."""

    @property
    def cap(self) -> Cap:
        """The limit."""
        return Cap(emails=self.contact_max_emails, days=self.contact_days)


Settings = TypeVar("Settings", bound=BaseSettings)


def load_settings(kind: type[Settings]) -> Settings:
    """Read settings from the environment; if they are invalid, exit with 2 and one readable line.

    So do those that a release has renamed or removed: ignored, they would change what the service does.
    """
    if changed := list(changed_settings(EnvSettingsSource(kind, case_sensitive=True).env_vars)):
        _exit("; ".join(changed))
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
        yield f"{prefix}{name}: {problem['msg']}" if name else problem["msg"].removeprefix("Value error, ")


def _exit(problems: str) -> NoReturn:
    sys.stderr.write(f"invalid settings: {problems}\n")
    raise SystemExit(2)
