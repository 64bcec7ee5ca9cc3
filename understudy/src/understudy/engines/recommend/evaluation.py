"""How well a model predicts users' next items, measured on users it was not fitted to."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from understudy.engines.recommend.events import Events, Histories
from understudy.engines.recommend.profiles import Profiles
from understudy.engines.recommend.recommender import Recommender

_TEST_SHARE = 0.1
_TRUTH_SHARE = 0.1
_MAX_TEST_USERS = 5_000
_DEPTH = 25
_CUTS = (5, 10, 25)


@dataclass(frozen=True, slots=True)
class Split:
    """Events to fit, and for users held back from the fit, their earlier events and their last items."""

    train: Events
    given: Histories
    truth: Mapping[int, AbstractSet[int]]

    @classmethod
    def of(cls, histories: Histories, *, seed: int = 0) -> Self:
        """Hold back a tenth of the users, and of each of them the latest tenth of the events.

        The tenth is taken from users with two events or more, since only they can be tested. This is
        the rule that Amazon Personalize documents for its offline metrics. Chance decides within a step.
        """
        events, length, random = histories.events, histories.length, np.random.default_rng(seed)
        testable = np.unique(events.user[length > 1])
        size = min(_MAX_TEST_USERS, int(np.ceil(_TEST_SHARE * testable.size)))
        chosen = random.choice(testable, size=size, replace=False)
        is_chosen = np.zeros(events.n_users, dtype=bool)
        is_chosen[chosen] = True
        tested = is_chosen[events.user]
        late = np.zeros_like(tested)
        late[tested] = _is_latest(histories, tested, random.random(length.size))
        truth: dict[int, set[int]] = {int(user): set() for user in chosen}
        for user, item in zip(events.user[late], events.item[late], strict=True):
            truth[int(user)].add(int(item))
        return cls(events.select(~tested), Histories.of(events.select(tested & ~late)), truth)


def _is_latest(
    histories: Histories, tested: NDArray[np.bool_], ties: NDArray[np.floating]
) -> NDArray[np.bool_]:
    """Tell which events of tested users are in their latest tenth, those of a step ordered by `ties`."""
    user, length = histories.events.user[tested], histories.length[tested]
    place = np.empty(user.size, dtype=np.intp)
    place[np.lexsort((ties[tested], histories.step[tested], user))] = np.arange(user.size)
    place -= np.searchsorted(user, user)
    return np.asarray(place >= length - np.ceil(_TRUTH_SHARE * length), dtype=bool)


def evaluate(model: Recommender, split: Split) -> dict[str, float]:
    """Return coverage, and the mean reciprocal rank, NDCG and precision at 5, 10 and 25.

    They are those of a model for the users that were held back. NDCG discounts by log(1 + position),
    precision divides by the cut, and the reciprocal rank is that of the first hit within 25. `coverage` is
    the share of items that can be recommended.
    """
    users = np.fromiter(split.truth, dtype=np.intp)
    rankings = model.rank(Profiles.of(split.given), users, _DEPTH)
    hits = [
        [int(item) in truth for item in ranking.items]
        for ranking, truth in zip(rankings, split.truth.values(), strict=True)
    ]
    sizes = [len(truth) for truth in split.truth.values()]
    metrics = {
        "coverage": float(np.mean(model.reachable(_DEPTH))),
        "mean_reciprocal_rank_at_25": _mean([_reciprocal_rank(row) for row in hits]),
    }
    for cut in _CUTS:
        gains = [_ndcg(row[:cut], min(size, cut)) for row, size in zip(hits, sizes, strict=True)]
        metrics[f"normalized_discounted_cumulative_gain_at_{cut}"] = _mean(gains)
        metrics[f"precision_at_{cut}"] = _mean([sum(row[:cut]) / cut for row in hits])
    return metrics


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else 0.0


def _reciprocal_rank(hits: Sequence[bool]) -> float:
    return 1 / (hits.index(True) + 1) if True in hits else 0.0


def _ndcg(hits: Sequence[bool], relevant: int) -> float:
    discounts = 1 / np.log1p(np.arange(1, _DEPTH + 1))
    gain = discounts[: len(hits)][np.asarray(hits, dtype=bool)].sum()
    return float(gain / discounts[:relevant].sum())
