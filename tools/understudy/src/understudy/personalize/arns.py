"""Personalize's names for things."""

import secrets
from dataclasses import dataclass

RECIPE_PREFIX = "arn:aws:personalize:::recipe/"


@dataclass(frozen=True, slots=True)
class Arns:
    """Builds the ARNs of one account in one region."""

    region: str
    account_id: str

    def named(self, folder: str, name: str) -> str:
        """Return `.../<folder>/<name>`, as most kinds have it."""
        return f"arn:aws:personalize:{self.region}:{self.account_id}:{folder}/{name}"

    def dataset(self, group_name: str, dataset_type: str) -> str:
        """Return the ARN of a group's only dataset of a type, whatever the dataset's name."""
        return self.named("dataset", f"{group_name}/{dataset_type.upper()}")

    def solution_version(self, solution_arn: str) -> str:
        """Return a fresh ARN below `solution_arn`: versions are numbered at random."""
        return f"{solution_arn}/{secrets.token_hex(4)}"
