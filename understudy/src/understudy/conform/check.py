"""What a check is, and what comes of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from understudy.conform.world import World


class Origin(StrEnum):
    """From where it is known that AWS behaves so; the further down, the less certain."""

    MODEL = "service model"
    DOCUMENTED = "documentation"
    QUOTED = "quoted by users"
    RECALLED = "not confirmed"


class Need(StrEnum):
    """What a check needs beyond an endpoint."""

    STORAGE = "--bucket and --role-arn"


@dataclass(frozen=True, slots=True)
class Difference:
    """What is not as on AWS."""

    what: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Check(ABC):
    """One question to a service, whatever it takes to ask it.

    `name` says what must hold and is unique in its `service`, which botocore calls so. AWS charges at most
    `cost_usd`.
    """

    name: str
    service: str
    origin: Origin = Origin.MODEL
    cost_usd: float = 0.0
    needs: frozenset[Need] = frozenset()

    @abstractmethod
    def run(self, world: World) -> Sequence[Difference]:
        """Ask, and return what is different. Raises ClientError for a call that should not have failed."""


class Outcome(StrEnum):
    """What came of a check."""

    SAME = "same"
    DIFFERENT = "different"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of one check; `reason` says why it was skipped."""

    check: Check
    outcome: Outcome
    differences: Sequence[Difference] = ()
    reason: str = ""
    duration_s: float = 0.0
