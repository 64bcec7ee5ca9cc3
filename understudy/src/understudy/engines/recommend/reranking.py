"""A learned order of what was retrieved: gradient-boosted trees that put what was taken first."""

from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Self

import numpy as np
import structlog
from numpy.typing import NDArray

from understudy.engines.recommend.examples import DEPTH, Examples, gains
from understudy.engines.recommend.sparse_rows import cores

_log = structlog.get_logger()

_FEWEST_USERS = 500
"""Fewest users to learn from, and fewest to check with."""
_STANDARD_ERRORS = 3.0
"""By how many of them a ranker must be better: it was chosen by the same users, so chance favours it."""
_ROWS_PER_THREAD = 1_000_000
"""With fewer rows, threads wait for each other more than they share. Their number changes no result."""
_MOST_TREES = 150
_PATIENCE = 20
_SEED = 0
_PARAMETERS: dict[str, Any] = {
    "objective": "lambdarank",
    "lambdarank_truncation_level": DEPTH,
    "metric": "ndcg",
    "eval_at": [DEPTH],
    "num_leaves": 31,
    "learning_rate": 0.15,
    "min_data_in_leaf": 300,
    "lambda_l2": 20.0,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "seed": _SEED,
    "deterministic": True,
    "force_row_wise": True,
    "verbosity": -1,
}


@dataclass(frozen=True, slots=True)
class Ranker:
    """Trees of LambdaMART. Source: Burges, "From RankNet to LambdaRank to LambdaMART", MSR-TR-2010-82."""

    booster: Any
    names: tuple[str, ...]

    @classmethod
    def of_text(cls, text: str, names: Sequence[str]) -> Self:
        """Return the ranker that `as_text` has described; raise OSError where the library is missing."""
        import lightgbm  # noqa: PLC0415 - large, and small shops never need it

        return cls(lightgbm.Booster(model_str=text), tuple(names))

    def as_text(self) -> str:
        """Return the trees as text."""
        return str(self.booster.model_to_string())

    def scores(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return a score for each row of features: higher is better, comparable within a user."""
        return np.asarray(self.booster.predict(rows, num_threads=1), dtype=np.float64)


def learned(examples: Examples, check: Examples) -> Ranker | None:
    """Return a ranker learned from `examples` if it orders `check` better than retrieval does, else None.

    `check` decides how many trees are kept.
    """
    if min(examples.sizes.size, check.sizes.size) < _FEWEST_USERS:
        return None
    lightgbm = _lightgbm()
    if lightgbm is None:
        return None
    training = lightgbm.Dataset(examples.rows, examples.taken, group=examples.sizes)
    booster = lightgbm.train(
        {**_PARAMETERS, "num_threads": _threads(examples.taken.size)},
        training,
        _MOST_TREES,
        valid_sets=[training.create_valid(check.rows, check.taken, group=check.sizes)],
        callbacks=[lightgbm.early_stopping(_PATIENCE, verbose=False)],
    )
    ranker = Ranker(booster, examples.names)
    return ranker if _better(ranker, check) else None


def _better(ranker: Ranker, check: Examples) -> bool:
    """Tell whether the mean gain over retrieval is more than chance would give."""
    retrieved = check.rows[:, check.names.index("score")]
    before, after = (gains(check.places(scores)) for scores in (retrieved, ranker.scores(check.rows)))
    gain = after - before
    return bool(gain.mean() > _STANDARD_ERRORS * gain.std() / np.sqrt(gain.size))


def _threads(rows: int) -> int:
    return min(cores(), 1 + rows // _ROWS_PER_THREAD)


def _lightgbm() -> ModuleType | None:
    """Import the library when it is needed: it is large, and small shops never need it."""
    try:
        import lightgbm  # noqa: PLC0415
    except OSError as error:  # the OpenMP library that it links to is not installed everywhere
        _log.warning("reranking_unavailable", reason=str(error), remedy="install libgomp1")
        return None
    return lightgbm
