"""The recommender's settings."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_settings import SettingsConfigDict

from encore.recommender.domain.assortment import Assortment
from encore.recommender.domain.engines import Engine, EngineName, SimilarRecipe
from encore.recommender.domain.rules import DEFAULT_PICKS, RESULTS_PER_PICK, Picks, Rules
from encore.runtime.settings import ServiceSettings

MOST_KEPT_RUNS = 8


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
    recommender_keep_runs: Annotated[int, Field(ge=1, le=MOST_KEPT_RUNS)] = 3
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
    recommender_imports: Literal["auto", "full"] = "auto"
    """Whether Personalize gets only what is new, where that is enough, or everything every time."""
    recommender_events_settle_s: Annotated[int, Field(ge=0)] = 900
    """How long to wait after putting events until a version that is used again considers them.

    AWS recommends 15 minutes.
    """
    recommender_version_days: Annotated[int, Field(ge=0)] = 14
    """For how many days, by the calendar, a solution version is used again; 0 trains one for every run."""
    recommender_version_new_share: Annotated[float, Field(ge=0, le=1)] = 0.1
    """How many interactions may be new since a version was trained, as a share of those it was trained on."""
    recommender_accept_worse: bool = False
    """Whether a version is used that is worse than the one before."""
    recommender_worse_by: Annotated[float, Field(ge=0, le=1)] = 0.1
    """By which share of the other's NDCG@25 a version must be below it to be worse."""
    recommender_catalogue: Assortment = Assortment.AUTO
    """What becomes of products that a file does not have: `whole` takes them for gone, `adds` for still sold,
    `auto` decides by how many of the known products the file has.
    """
    recommender_engine: EngineName = EngineName.BATCH
    """By what customers are ranked; a run keeps the engine that it began with."""
    recommender_similar_recipe: SimilarRecipe = SimilarRecipe.ITEMS
    """The recipe of the engine `similar`."""
    recommender_campaign_tps: Annotated[int, Field(ge=1, le=500)] = 1
    """The throughput of a campaign in requests per second that AWS bills while it exists, used or not."""
    recommender_campaign_calls_per_s: Annotated[float, Field(gt=0, le=500)] = 50
    """How many requests per second all tasks send to a campaign; fewer while it throttles them."""
    recommender_campaign_idle_min: Annotated[float, Field(gt=0, le=10_080)] = 60
    """After how many minutes without use a campaign is deleted."""
    recommender_promote_new_percent: Annotated[int, Field(ge=0, le=100)] = 0
    """The share of what a campaign recommends that new products take, as far as there are so many."""
    recommender_related: bool = False
    """Whether related items order what goes with a product where few customers have bought together.

    They are asked of `recommender_similar_recipe`.
    """
    recommender_personal_pins: bool = False
    """Whether Personalize ranks the pinned products of the shop's file for each customer, if there are more
    than `max_pinned`."""
    recommender_rules: Rules = Rules()
    """Each figure has its own variable, such as `ENCORE_RECOMMENDER_RULES__MAX_PER_LEAF`."""

    @property
    def silent_polls(self) -> int:
        """The polls of a waiting run that make up `recommender_turn_silence_s`, at least two."""
        return max(2, -(-self.recommender_turn_silence_s // self.recommender_poll_interval_s))

    @property
    def engine(self) -> Engine:
        """The engine of runs that begin now."""
        return Engine.of(self.recommender_engine, self.recommender_similar_recipe)

    @model_validator(mode="after")
    def _promotes_in_a_campaign(self) -> Self:
        if self.recommender_promote_new_percent and self.recommender_engine is not EngineName.CAMPAIGN:
            raise ValueError(
                f"recommender_promote_new_percent: found {self.recommender_promote_new_percent} with the"
                f" engine {self.recommender_engine}, expected 0: only a campaign promotes products"
            )
        return self

    @model_validator(mode="after")
    def _leaves_room_for_solutions(self) -> Self:
        most = MOST_KEPT_RUNS - 2 * (self.recommender_related + self.recommender_personal_pins)
        if self.recommender_keep_runs > most:
            raise ValueError(
                f"recommender_keep_runs: found {self.recommender_keep_runs}, expected at most {most} with"
                " related items or personal pins: AWS allows ten solutions in a dataset group"
            )
        return self

    @model_validator(mode="after")
    def _leaves_the_rules_a_choice(self) -> Self:
        fewest = self.recommender_picks * RESULTS_PER_PICK
        if self.recommender_num_results < fewest:
            raise ValueError(
                f"recommender_num_results: found {self.recommender_num_results}, expected at least {fewest}"
                f" for {self.recommender_picks} picks"
            )
        return self
