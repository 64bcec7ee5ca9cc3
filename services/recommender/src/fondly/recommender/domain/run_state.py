"""What the recommender keeps of a run: its phase, what leads to the next, what was found, and its bundles.

A bundle is consecutive parts that one message is about; Personalize reads a bounded number of files.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from types import MappingProxyType
from typing import ClassVar, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field

from fondly.contracts.errors import PermanentError
from fondly.contracts.events import EventData, PartNumber, Round
from fondly.runtime.runs.run import Run, StageName
from fondly.runtime.runs.state import ServiceState

MAX_BUNDLES = 250
"""With those of witnesses half of the files that a batch inference job reads."""
FEWEST_PARTS = 4
"""How many parts a bundle has if there are enough: a message is then a small share of the work."""


class Phase(StrEnum):
    """What a run is doing, in order."""

    BEGIN = "begin"
    PREPARE = "prepare"
    GATHER = "gather"
    STUDY = "study"
    SET_UP = "set-up"
    DATASETS = "datasets"
    IMPORT = "import"
    SOLUTION = "solution"
    TRAIN = "train"
    INFER = "infer"
    WEIGH = "weigh"
    SELECT = "select"


class Outcome(StrEnum):
    """How a phase ends."""

    DONE = "done"
    NOTHING_TO_RANK = "nothing to rank"
    TOO_LITTLE_DATA = "too little data"
    MADE_AGAIN = "lost"


class Passed(NamedTuple):
    """The end of a phase, and what the state has besides from then on."""

    outcome: Outcome = Outcome.DONE
    members: Mapping[str, object] = MappingProxyType({})


TRAINING = (Phase.SET_UP, Phase.DATASETS, Phase.IMPORT, Phase.SOLUTION, Phase.TRAIN, Phase.INFER)
"""The phases in which something is made in Personalize."""
TRANSITIONS: Mapping[Phase, Mapping[Outcome, Phase]] = {
    Phase.BEGIN: {Outcome.DONE: Phase.PREPARE},
    Phase.PREPARE: {Outcome.DONE: Phase.GATHER},
    Phase.GATHER: {Outcome.DONE: Phase.STUDY},
    Phase.STUDY: {Outcome.DONE: Phase.SET_UP, Outcome.NOTHING_TO_RANK: Phase.WEIGH},
    **{
        phase: {
            Outcome.DONE: following,
            Outcome.TOO_LITTLE_DATA: Phase.WEIGH,
            Outcome.MADE_AGAIN: Phase.SET_UP,
        }
        for phase, following in pairwise((*TRAINING, Phase.WEIGH))
    },
    Phase.WEIGH: {Outcome.DONE: Phase.SELECT},
    Phase.SELECT: {},
}
"""What follows each phase by its outcome; a run begins with the first."""


class SeenTurn(BaseModel):
    """How far a waiting run saw the run come whose turn it is, and since which poll of its own."""

    model_config = ConfigDict(frozen=True)
    run_id: str
    attempt: int
    bundles: int
    since: int = 0


class RecommenderState(ServiceState):
    """The state of a run."""

    stage: ClassVar[StageName] = StageName.RECOMMENDER
    phase: Phase = Phase.BEGIN
    bundle_parts: int = 1
    """How many parts its bundles have: a release may change the rule."""
    started_at: datetime | None = None
    earlier: str | None = None
    """The run whose shop was the latest before."""
    popularity_reason: str = ""
    """Why products are ranked by popularity, and not by Personalize."""
    ranked: int = 0
    """For how many customers Personalize is asked."""
    witnesses: int = 0
    has_long_histories: bool = False
    interactions: int = 0
    items_bytes: int = 0
    csv_bytes: int = 0
    others: int = 0
    """How many customers of earlier files there are besides."""
    ranking_weight: float | None = None
    """How much rankings count; None until it is weighed."""
    ranking: str | None = None
    """Why rankings count that much."""
    unmatched_rules: tuple[str, ...] = ()
    """Rules of the shop's file that no product of the run's catalogue matches."""
    resources: dict[str, str] = Field(default_factory=dict)
    """The ARNs of what the run has made or found in Personalize."""
    remade: int = 0
    """How often everything was made again."""
    imports: int = 0
    trainings: int = 0
    """What Personalize has charged for: what vanishes is paid for again."""
    counted_version: str | None = None
    """The latest version whose training is counted: one that is found again is not paid for again."""
    turn_lost_to: str | None = None
    """The run that has taken its turn over."""
    turn_seen: SeenTurn | None = None

    @property
    def is_ranked(self) -> bool:
        """Whether Personalize ranks the products, as far as is known yet."""
        return not self.popularity_reason

    @property
    def asks_for_rankings(self) -> bool:
        """Whether there is enough to learn from, and somebody without a ranking."""
        return self.is_ranked and self.ranked > 0

    @property
    def training(self) -> str:
        """The phase of its training, empty before and after."""
        return self.phase if self.phase in TRAINING else ""

    def passing(self, phase: Phase, passed: Passed) -> Self:
        """Return the state after a phase, unless that is over: a write whose answer is lost is made again."""
        if self.phase is not phase:
            return self
        return self.having(**passed.members, phase=TRANSITIONS[phase][passed.outcome])

    @classmethod
    def of_step(cls, step: Mapping[str, str]) -> Self:
        """Return the state of a run that release 0.1.0 began."""
        strings = cls.model_fields.keys() - {"phase", "resources", "turn_seen"}
        state = cls.model_validate(
            {name: step[name] for name in strings if step.get(name)}
            | {
                "has_long_histories": bool(step.get("long_histories")),
                "turn_lost_to": step.get("turn_lost") or None,
                "resources": {
                    name: arn
                    for name, arn in step.items()
                    if arn.startswith("arn:") and name != "counted_version"
                },
            }
        )
        return state.having(phase=_phase_of(step, state))


def _phase_of(step: Mapping[str, str], state: RecommenderState) -> Phase:
    """The phase that release 0.1.0 did not record: from which strings there are."""
    if "bundle_parts" not in step:
        return Phase.BEGIN
    for each in (Round.PREPARE, Round.GATHER, Round.STUDY):
        if f"{each}_closed" not in step:
            return Phase(each)
    if not state.asks_for_rankings or step.get("step") == Phase.SELECT:
        return Phase.WEIGH
    return Phase(step.get("step", Phase.SET_UP))


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
