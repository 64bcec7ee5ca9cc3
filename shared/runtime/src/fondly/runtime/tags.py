"""Tags on what the services create in AWS: they tell bills, policies and `fondly cleanup` whose it is."""

from collections.abc import Mapping

PROJECT = "project"
STACK = "stack"
"""The deployment's name. Terraform's default tags have the same key, so one filter finds both."""
RUN = "run"
PROJECT_NAME = "fondly"


def tags_of(environment: str, *, more: Mapping[str, str]) -> dict[str, str]:
    """Return the tags of something that a deployment has made; ours replace `more`."""
    return {**more, PROJECT: PROJECT_NAME, STACK: environment}
