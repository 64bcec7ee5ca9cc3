"""What the recommender needs of the outside beyond `encore.runtime.ports`."""

# ruff: noqa: D102 - the methods are described where they are implemented
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol


class Kind(StrEnum):
    """The kinds of Personalize resource that a run needs."""

    SCHEMA = "schema"
    DATASET_GROUP = "dataset group"
    DATASET = "dataset"
    IMPORT_JOB = "dataset import job"
    SOLUTION = "solution"
    SOLUTION_VERSION = "solution version"
    BATCH_JOB = "batch inference job"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A resource that must exist; `key` is what the ledger calls it, `request` all but its name."""

    key: str
    kind: Kind
    name: str
    request: Mapping[str, Any]


class NotReadyError(Exception):
    """Personalize is busy with something else: the next check tries again."""


class RefusedError(Exception):
    """Personalize will never do this, for the given reason: the run cannot go on."""


class TooLittleDataError(Exception):
    """Personalize will not learn from this little: the run goes on without it."""


class Personalize(Protocol):
    """Amazon Personalize; see `encore.recommender.adapters.personalize`."""

    async def ensure(self, wanted: Wanted) -> str: ...
    async def is_active(self, kind: Kind, arn: str) -> bool: ...


class Lease(Protocol):
    """Who may change the dataset group; see `encore.recommender.adapters.turns`."""

    async def hold(self, owner: str, *, instead_of: str | None = None) -> str | None: ...
    async def release(self, owner: str) -> None: ...
    async def held_by(self) -> str | None: ...


class Polls(Protocol):
    """The recommender's notes to itself; see `encore.recommender.adapters.polls`."""

    async def send(self, run_id: str, attempt: int, *, at_once: bool = False) -> None: ...
