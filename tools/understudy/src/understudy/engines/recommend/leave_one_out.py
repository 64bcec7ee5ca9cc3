"""The protocol with which the literature compares sequential recommenders."""

from collections.abc import Sequence

import numpy as np
from scipy import sparse

from understudy.engines.recommend.events import Events, Histories
from understudy.engines.recommend.hybrid import HybridModel, Profiles
from understudy.engines.recommend.params import HybridParams

_CUTS = (5, 10)


def leave_one_out(
    sequences: Sequence[Sequence[int]],
    content: sparse.csr_matrix,
    params: HybridParams | None = None,
) -> dict[str, float]:
    """Return recall and NDCG at 5 and 10 for the last item of each sequence, oldest item first.

    The strict form: the model is fitted to all but the last two items of each sequence (of at least
    three), given all but the last, and ranks all items that are not in the sequence yet.
    `content` is items x items and sets the number of items.
    """
    model = HybridModel.fit(_histories(sequences, 2, content.shape[0]), content, params)
    given = _histories(sequences, 1, content.shape[0])

    def unseen(user: int) -> np.ndarray:
        mask = np.ones(content.shape[0], dtype=bool)
        mask[np.asarray(sequences[user][:-1])] = False
        return mask

    profiles = Profiles.of(given, model.params)
    users = np.arange(len(sequences))
    rankings = model.rank(profiles, users, max(_CUTS), unseen)
    places = [
        np.flatnonzero(ranking.items == sequence[-1])
        for ranking, sequence in zip(rankings, sequences, strict=True)
    ]
    found = np.array([place[0] if place.size else np.inf for place in places])
    metrics = {}
    for cut in _CUTS:
        metrics[f"recall_at_{cut}"] = float(np.mean(found < cut))
        metrics[f"ndcg_at_{cut}"] = float(np.mean((found < cut) / np.log2(found + 2)))
    return metrics


def _histories(sequences: Sequence[Sequence[int]], held_back: int, n_items: int) -> Histories:
    lengths = np.array([len(sequence) - held_back for sequence in sequences])
    items = [item for sequence in sequences for item in sequence[:-held_back]]
    return Histories.of(
        Events(
            user=np.repeat(np.arange(len(sequences), dtype=np.int32), lengths),
            item=np.array(items, dtype=np.int32),
            time=np.arange(len(items), dtype=np.int64),
            weight=np.ones(len(items), dtype=np.float32),
            n_users=len(sequences),
            n_items=n_items,
        )
    )
