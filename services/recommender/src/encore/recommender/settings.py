"""The recommender's settings."""

from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_settings import SettingsConfigDict

from encore.recommender.domain.assortment import Assortment
from encore.recommender.domain.rules import DEFAULT_PICKS, RESULTS_PER_PICK, Picks, Rules
from encore.runtime.settings import ServiceSettings


class RecommenderSettings(ServiceSettings):
    """Resource names come from the provisioner or Terraform; the rest has defaults for AWS."""

    model_config = SettingsConfigDict(env_nested_delimiter="__")

    recommender_queue_url: str
    recommendations_table: str
    histories_table: str
    recommendations_ready_topic_arn: str
    personalize_role_arn: str
    """The role that Personalize itself assumes to read and write the data bucket."""
    personalize_kms_key_arn: (
        Annotated[str, Field(pattern=r"^arn:aws[^:]*:kms:[^:]+:[0-9]{12}:key/.+$")] | None
    ) = None
    """The key that encrypts the dataset group; without one, it is a key of AWS's own.

    AWS never changes the key of a group: a group that has another one is refused.
    """
    recommender_keep_runs: Annotated[int, Field(ge=1, le=8)] = 3
    """How many runs keep their solution, its version and their files; AWS allows ten solutions in a group."""
    recommender_turn_silence_s: Annotated[int, Field(ge=1)] = 3600
    """How long a run may show no sign of life before another one takes its turn: longer than any backoff."""
    recommender_dataset_group: Annotated[
        str, Field(min_length=1, max_length=40, pattern=r"^[a-zA-Z0-9][a-zA-Z0-9\-_]*$")
    ] = "encore"
    """Runs that share a dataset group take turns."""
    recommender_poll_interval_s: Annotated[int, Field(ge=1, le=900)] = 60
    recommender_picks: Picks = DEFAULT_PICKS
    """How many products a customer gets; emails show as many."""
    recommender_num_results: Annotated[int, Field(ge=1, le=500)] = 150
    """Products requested from Personalize per customer, at least `RESULTS_PER_PICK` times those that remain
    after the rules.

    AWS bills a batch inference by customers, however many products each gets.
    """
    recommender_ranking_days: Annotated[int, Field(ge=0)] = 14
    """For how many days a customer's ranking is kept and not paid for again; 0 keeps none.

    Two of the weeks after which Personalize, where it trains by itself, takes in new products (ADR 39).
    """
    recommender_put_events_per_s: Annotated[float, Field(gt=0, le=1000)] = 200.0
    """Calls of PutEvents a second, by all tasks together; AWS takes 1,000 for a dataset group."""
    recommender_attribution: bool = False
    """Whether Personalize, too, reports what emails led to: by a metric attribution of the dataset group."""
    recommender_catalogue: Assortment = Assortment.AUTO
    """What becomes of products that a file does not have: `whole` takes them for gone, `adds` for still sold,
    `auto` decides by how many of the known products the file has.
    """
    recommender_rules: Rules = Rules()
    """Each figure has its own variable, such as `ENCORE_RECOMMENDER_RULES__MAX_PER_LEAF`."""

    @property
    def silent_polls(self) -> int:
        """The polls of a waiting run that make up `recommender_turn_silence_s`, at least two."""
        return max(2, -(-self.recommender_turn_silence_s // self.recommender_poll_interval_s))

    @model_validator(mode="after")
    def _leaves_the_rules_a_choice(self) -> Self:
        fewest = self.recommender_picks * RESULTS_PER_PICK
        if self.recommender_num_results < fewest:
            raise ValueError(
                f"recommender_num_results: found {self.recommender_num_results}, expected at least {fewest}"
                f" for {self.recommender_picks} picks"
            )
        return self
