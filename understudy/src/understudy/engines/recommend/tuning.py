"""The hybrid's parameters, chosen by how well it predicts held-out items."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from understudy.engines.recommend.examples import unseen
from understudy.engines.recommend.holdout import DEPTH, HeldOut, gains
from understudy.engines.recommend.hybrid import HybridModel
from understudy.engines.recommend.links import Pairs
from understudy.engines.recommend.params import HybridParams
from understudy.engines.recommend.profiles import Profiles
from understudy.engines.recommend.tables import Catalogue

_FEWEST_USERS = 500
_MOST_USERS = 3_000
_CHOICES: Sequence[Mapping[str, Any]] = (
    *({"back": value} for value in (0.1, 0.3, 1.0)),
    *({"history_decay": value} for value in (0.6, 0.8)),
    *({"target_popularity": value} for value in (0.1, 0.2, 0.4)),
    *({"content_weight": value} for value in (0.2, 0.4, 0.8)),
)


def tuned(pairs: Pairs, catalogue: Catalogue, held_out: HeldOut, params: HybridParams) -> HybridParams:
    """Return `params` with one parameter after the other set to what predicts best.

    With too few held-out items to choose by, `params` stay.
    """
    users = held_out.users(_MOST_USERS)
    if users.size < _FEWEST_USERS:
        return params
    profiles = Profiles.of(held_out.histories).rows(users)
    wanted = held_out.items[users]

    def gain(choice: HybridParams) -> float:
        model = HybridModel.of(pairs, catalogue.similar, held_out.histories.events, choice)
        return float(gains(_places(model, profiles, wanted)).sum())

    best = gain(params)
    for change in _CHOICES:
        choice = replace(params, **change)
        found = best if choice == params else gain(choice)
        if found > best:
            best, params = found, choice
    return params


def _places(model: HybridModel, profiles: Profiles, wanted: NDArray[np.int64]) -> NDArray[np.float64]:
    places = np.full(wanted.size, np.inf)
    for user, ranking in enumerate(model.best(model.scores(profiles), DEPTH, unseen(profiles))):
        [hits] = np.nonzero(ranking.items == wanted[user])
        if hits.size:
            places[user] = hits[0]
    return places
