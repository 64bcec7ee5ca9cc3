"""The figures of our engine, and of baselines beside it, on one file of sequences."""

import resource
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from fondly.evaluation.metrics import coverage, ndcg_at, recall_at
from fondly.evaluation.sequences import baselines
from fondly.evaluation.sequences.leave_one_out import leave_one_out
from fondly.evaluation.sequences.protocol import Protocol, Task, places
from fondly.evaluation.sequences.reading import Sequences
from understudy.engines.recommend import ItemContent

CUT, DEEP_CUT = 5, 10
FLOORS: Mapping[str, Mapping[str, float]] = {
    "Beauty": {"recall@5": 0.078, "ndcg@10": 0.066},
    "Sports_and_Outdoors": {"recall@5": 0.049, "ndcg@10": 0.041},
    "Toys_and_Games": {"recall@5": 0.093, "ndcg@10": 0.078},
}
"""By the name of a published data set: what the engine must reach on it under the strict protocol."""

Announce = Callable[[str], None]
"""Is told what is done next."""


class Figures(BaseModel):
    """Accuracy for the held-out item of each user, share of items recommended, and wall-clock seconds."""

    model_config = ConfigDict(frozen=True, serialize_by_alias=True, validate_by_name=True)

    recall_at_5: float = Field(alias="recall@5")
    ndcg_at_5: float = Field(alias="ndcg@5")
    recall_at_10: float = Field(alias="recall@10")
    ndcg_at_10: float = Field(alias="ndcg@10")
    coverage_at_5: float = Field(alias="coverage@5")
    fit_seconds: float
    score_seconds: float

    @classmethod
    def figures(cls) -> tuple[str, ...]:
        """Return the names of the figures for which more is better."""
        return tuple(field.alias for field in cls.model_fields.values() if field.alias)


class SequenceReport(Figures):
    """The engine's figures, its users and items, and the process's memory in 2^20 bytes without baselines."""

    users: int
    items: int
    peak_rss_mb: float


def evaluate_sequences(
    sequences: Sequences,
    attributes: Mapping[str, Sequence[str]],
    protocol: Protocol,
    announce: Announce = lambda _: None,
) -> SequenceReport:
    """Measure the engine; call this before any baseline, whose memory would be counted."""
    announce("our engine")
    labels = sequences.labels(attributes)
    content = ItemContent(labels=labels, texts=[""] * len(labels))
    measured = leave_one_out(sequences.users, content, protocol=protocol.value)
    return SequenceReport(**asdict(measured), peak_rss_mb=_peak_rss_mb())


def evaluate_baselines(
    sequences: Sequences, protocol: Protocol, announce: Announce = lambda _: None
) -> dict[str, Figures]:
    """Measure every baseline that can run here, by name."""
    task = task_of(sequences, protocol)
    found = {}
    for name, baseline in baselines.available().items():
        announce(name)
        started = time.perf_counter()
        recommend = baseline(task)
        fitted = time.perf_counter()
        lists = recommend(DEEP_CUT)
        score_s = time.perf_counter() - fitted
        found[name] = _figures(lists, task, fit_s=fitted - started, score_s=score_s)
    return found


def task_of(sequences: Sequences, protocol: Protocol) -> Task:
    """Return what the protocol fits, knows and holds out."""
    return Task.of(sequences.users, len(sequences.items), protocol)


def floors_of(path: Path) -> Mapping[str, float]:
    """Return the least figures for the published data set that the file is named after, else none."""
    return FLOORS.get(path.name.removesuffix(".txt"), {})


def _figures(lists: NDArray[np.intp], task: Task, *, fit_s: float, score_s: float) -> Figures:
    found = places(lists, task.target)
    return Figures(
        recall_at_5=recall_at(found, CUT),
        ndcg_at_5=ndcg_at(found, CUT),
        recall_at_10=recall_at(found, DEEP_CUT),
        ndcg_at_10=ndcg_at(found, DEEP_CUT),
        coverage_at_5=coverage(lists[:, :CUT].tolist(), task.history.shape[1]),
        fit_seconds=fit_s,
        score_seconds=score_s,
    )


def _peak_rss_mb() -> float:
    """Return the most memory that this process has had, which Linux counts in KB and macOS in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10
