"""The recommender's settings."""

from typing import Annotated

from pydantic import Field

from encore.runtime.settings import ServiceSettings


class RecommenderSettings(ServiceSettings):
    """Names of resources come from the provisioner or Terraform, the rest has defaults for AWS."""

    recommender_queue_url: str
    recommendations_table: str
    recommendations_ready_topic_arn: str
    personalize_role_arn: str
    """The role with which Personalize itself reads and writes the data bucket."""
    recommender_dataset_group: Annotated[
        str, Field(min_length=1, max_length=40, pattern=r"^[a-zA-Z0-9][a-zA-Z0-9\-_]*$")
    ] = "encore"
    """Runs of one dataset group take turns."""
    recommender_poll_interval_s: Annotated[int, Field(ge=1, le=900)] = 60
    recommender_num_results: Annotated[int, Field(ge=5, le=500)] = 50
    """Products asked of Personalize a customer; five remain after the rules."""
