"""Bundles: consecutive parts that one message is about; Personalize reads a bounded number of files."""

from typing import NamedTuple

from fondly.contracts.errors import PermanentError
from fondly.contracts.events import EventData, PartNumber, Round
from fondly.recommender.domain.run_state import RecommenderState
from fondly.runtime.runs.run import Run, StageName

MAX_BUNDLES = 250
"""With those of witnesses half of the files that a batch inference job reads."""
FEWEST_PARTS = 4
"""How many parts a bundle has if there are enough: a message is then a small share of the work."""


class RecommenderBundle(EventData):
    """The recommender's message to itself about a bundle to do in a round; no topic carries it."""

    type = "fondly.recommender-bundle.v1"
    topic = ""
    round: Round
    bundle: PartNumber

    @property
    def cause(self) -> str:
        """The round and the bundle."""
        return f"{self.round}-{self.bundle}"


class Bundle(NamedTuple):
    """The bundle of this number, from 1, and its parts."""

    number: int
    parts: range

    @property
    def first(self) -> int:
        """The number of its first part, by which its files are named."""
        return self.parts[0]


def parts_per_bundle(parts: int) -> int:
    """Return how many parts the bundles of a run with so many parts have."""
    return max(FEWEST_PARTS, -(-parts // MAX_BUNDLES))


def bundles_of(run: Run) -> list[Bundle]:
    """Return all bundles of a run; one for each part if its state does not say how many they have."""
    parts, size = run.parts or 0, RecommenderState.of(run).bundle_parts
    firsts = range(1, parts + 1, size)
    return [
        Bundle(number, range(first, min(first + size, parts + 1)))
        for number, first in enumerate(firsts, start=1)
    ]


def bundle_of(run: Run, number: int) -> Bundle:
    """Return a bundle by its number; raise `PermanentError` if the run has no such bundle."""
    found = bundles_of(run)
    if not 1 <= number <= len(found):
        raise PermanentError(f"bundle {number} of run {run.run_id}, which has {len(found)}")
    return found[number - 1]


def is_through(run: Run, in_round: Round, bundle: Bundle) -> bool:
    """Return whether nothing of a bundle is left to do in a round."""
    if in_round is Round.SELECT:
        return run.stage(StageName.RECOMMENDER).done.issuperset(bundle.parts)
    return bundle.number in run.passed(in_round)


def left_in(run: Run, in_round: Round) -> list[int]:
    """Return the numbers of the bundles that are not through a round."""
    return [each.number for each in bundles_of(run) if not is_through(run, in_round, each)]
