"""The recommender's settings."""

from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from fondly.recommender.domain.picking.rules import DEFAULT_PICKS, RESULTS_PER_PICK, Picks, Rules
from fondly.recommender.domain.shop.assortment import Assortment
from fondly.runtime.hosts import is_loopback
from fondly.runtime.settings import ConsentTables, ServiceSettings, WebSettings

MIN_KEY_CHARS = 20


class _BothSettings(ConsentTables):
    """What the service and its web process both have."""

    model_config = SettingsConfigDict(env_nested_delimiter="__")

    recommendations_table: str
    histories_table: str
    recommender_dataset_group: Annotated[
        str, Field(min_length=1, max_length=39, pattern=r"^[a-zA-Z0-9][a-zA-Z0-9\-_]*$")
    ] = "fondly"
    """Runs that share a dataset group take turns."""
    recommender_picks: Picks = DEFAULT_PICKS
    """How many products a customer gets; emails show as many."""
    recommender_num_results: Annotated[int, Field(ge=1, le=500)] = 150
    """Products requested from Personalize per customer; AWS bills by customers, however many each gets."""
    recommender_campaign: bool = False
    """Whether runs keep a campaign and an event tracker for customers who wait; AWS bills it by the hour."""
    recommender_rules: Rules = Rules()
    """Each figure has its own variable, such as `FONDLY_RECOMMENDER_RULES__MAX_PER_LEAF`."""


class RecommenderSettings(ServiceSettings, _BothSettings):
    """Resource names come from the provisioner or Terraform; the rest has defaults for AWS."""

    recommender_queue_url: str
    recommendations_ready_topic_arn: str
    safety_reported_topic_arn: str
    personalize_role_arn: str
    """The role that Personalize itself assumes to read and write the data bucket."""
    recommender_turn_silence_s: Annotated[int, Field(ge=1)] = 3600
    """How long a run may show no sign of life before another one takes its turn: longer than any backoff."""
    recommender_poll_interval_s: Annotated[int, Field(ge=1, le=900)] = 60
    """How often to look whether a job of Personalize has ended."""
    recommender_ranking_days: Annotated[int, Field(ge=0)] = 14
    """For how many days a customer's ranking is kept and not paid for again; 0 keeps none (ADR 39)."""
    recommender_catalogue: Assortment = Assortment.AUTO
    """What becomes of products that a file does not have: `whole` takes them for gone, `adds` for still sold,
    `auto` takes an upload with a file of products, or with nearly all that are known, for the catalogue.
    """
    recommender_ranking: Literal["on", "off"] = "on"
    """Whether Personalize ranks products for customers; if not, runs make nothing there."""
    recommender_campaign_tps: Annotated[int, Field(ge=1, le=500)] = 1
    """The throughput of the campaign in requests per second that AWS bills while it exists, used or not."""

    @property
    def silent_polls(self) -> int:
        """The polls of a waiting run that make up `recommender_turn_silence_s`, at least two."""
        return max(2, -(-self.recommender_turn_silence_s // self.recommender_poll_interval_s))

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        if self.recommender_campaign and self.recommender_ranking == "off":
            raise ValueError(
                "recommender_campaign: found true, expected false while recommender_ranking is off"
            )
        fewest = self.recommender_picks * RESULTS_PER_PICK
        if self.recommender_num_results < fewest:
            raise ValueError(
                f"recommender_num_results: found {self.recommender_num_results}, expected at least {fewest}"
                f" for {self.recommender_picks} picks"
            )
        return self


class RecommenderWebSettings(WebSettings, _BothSettings):
    """Settings of the process that answers requests for picks."""

    recommender_web_host: str = "127.0.0.1"
    """The address to listen on; any but a loopback address requires a key."""
    recommender_web_port: Annotated[int, Field(ge=0, le=65535)] = 8090
    """The port to listen on; 0 is any free port, which the log tells."""
    recommender_web_keys: SecretStr = SecretStr("")
    """The keys that callers may present, separated by commas; two while one replaces the other."""
    recommender_web_requests_per_s: Annotated[float, Field(gt=0)] = 200.0
    """Requests a second of all callers together; more are refused."""
    recommender_web_caller_requests_per_s: Annotated[float, Field(gt=0)] = 200.0
    """Requests a second of one caller: a key, or an address where there are no keys."""
    recommender_web_deadline_ms: Annotated[int, Field(ge=1, le=10_000)] = 200
    """How long a campaign may take; after that, the ranking of the last run stands in."""
    recommender_web_request_s: Annotated[float, Field(gt=0, le=60)] = 5.0
    """How long any request may take."""
    recommender_web_renew_s: Annotated[float, Field(gt=0)] = 30.0
    """How often to look for a newer shop, and for a change of the shop's file."""
    recommender_web_linger_s: Annotated[float, Field(ge=0, le=60)] = 5.0
    """For how long after SIGTERM new requests are still answered, until a load balancer sends none."""

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys, each once."""
        given = (one.strip() for one in self.recommender_web_keys.get_secret_value().split(","))
        return tuple(dict.fromkeys(one for one in given if one))

    @model_validator(mode="after")
    def _lets_in_nobody_by_accident(self) -> Self:
        if any(len(key) < MIN_KEY_CHARS for key in self.keys):
            raise ValueError(
                f"recommender_web_keys: found a key of fewer than {MIN_KEY_CHARS} characters,"
                " expected one that nobody guesses"
            )
        if not self.keys and not is_loopback(self.recommender_web_host):
            raise ValueError(
                f"recommender_web_keys: found none, expected at least one because"
                f" {self.recommender_web_host} is not a loopback address"
            )
        return self
