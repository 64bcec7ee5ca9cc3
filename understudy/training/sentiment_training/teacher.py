"""The teacher: all six published layers with a head of four classes, trained on the labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional

from sentiment_training.encoder import WIDTH, Encoder
from sentiment_training.learning import Plan, learn
from understudy.engines.sentiment.joining import CLASSES

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sentiment_training.corpus import Row
    from sentiment_training.encoder import Pretrained

_LAYERS = 6
_SMOOTHING = 0.05
MOST_PIECES = 72
_EPOCHS, _RATE = 1, 1.8e-4


class Teacher(nn.Module):
    """Answers (logits, vectors) for ids of the shape (batch, positions)."""

    def __init__(self, published: Pretrained, pieces: Collection[int]) -> None:
        super().__init__()
        self.encoder = Encoder(published, pieces, _LAYERS)
        self.dropout = nn.Dropout(0.1)
        self.head = nn.Linear(WIDTH, len(CLASSES))

    def forward(self, ids: Tensor) -> tuple[Tensor, Tensor]:
        """Return logits (batch, 4) and the pooled vectors (batch, width)."""
        vectors = self.encoder(ids)
        return self.head(self.dropout(vectors)), vectors


def taught(teacher: Teacher, ids: Sequence[Sequence[int]], rows: Sequence[Row], seed: int) -> Teacher:
    """Train the teacher on the rows' shares, smoothed."""
    targets = shares(rows)

    def loss(batch: Tensor, numbers: Tensor) -> Tensor:
        logits, _ = teacher(batch)
        return functional.cross_entropy(logits.float(), targets[numbers], label_smoothing=_SMOOTHING)

    learn(teacher, ids, loss, Plan(_EPOCHS, _RATE, seed))
    return teacher


def shares(rows: Sequence[Row]) -> Tensor:
    """Return the shares of the classes, (rows, 4)."""
    return torch.tensor([row.shares for row in rows])
