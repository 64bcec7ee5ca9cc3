"""Tags on what the services create in AWS: they tell bills, policies and `fondly cleanup` whose it is."""

from collections.abc import Mapping

PROJECT = "project"
STACK = "stack"
"""The deployment's name. Terraform's default tags have the same key, so one filter finds both."""
RUN = "run"
PROJECT_NAME = "fondly"


def tags_of(
    environment: str, *, run_id: str | None = None, more: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return the tags of something that a deployment, or one of its runs, has made; ours replace `more`."""
    own = {PROJECT: PROJECT_NAME, STACK: environment, **({RUN: run_id} if run_id else {})}
    return {**(more or {}), **own}
