"""ARNs as Personalize builds them."""

import secrets
from dataclasses import dataclass

RECIPE_PREFIX = "arn:aws:personalize:::recipe/"


@dataclass(frozen=True, slots=True)
class Arns:
    """Builds the ARNs of one account in one region."""

    region: str
    account_id: str

    def named(self, folder: str, name: str) -> str:
        """Return `.../<folder>/<name>`, the form of most kinds."""
        return f"arn:aws:personalize:{self.region}:{self.account_id}:{folder}/{name}"

    def dataset(self, group_name: str, dataset_type: str) -> str:
        """Return the ARN of a group's only dataset of a type; the dataset's name does not matter."""
        return self.named("dataset", f"{group_name}/{dataset_type.upper()}")

    def event_tracker(self) -> str:
        """Return a new ARN; it does not contain the tracker's name."""
        return self.named("event-tracker", secrets.token_hex(4))

    def solution_version(self, solution_arn: str) -> str:
        """Return a new ARN below `solution_arn`; versions get random numbers."""
        return f"{solution_arn}/{secrets.token_hex(4)}"
