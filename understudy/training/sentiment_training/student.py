"""The student: the teacher's first layers, made narrow and cheap to compute, taught by its answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional

from sentiment_training.encoder import WIDTH
from sentiment_training.learning import Plan, learn

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from sentiment_training.encoder import Encoder, Layer
    from sentiment_training.teacher import Teacher

LAYERS = 3
_HIDDEN = 512
_EPOCHS, _RATE = 3, 3e-4
_TEMPERATURE = 2.0
_ANSWERS, _LABELS = 4.0, 0.5
"""The weights of the teacher's answers and of the labels in the loss; that of its vectors is 1."""


class ScaledNorm(nn.Module):
    """Root-mean-square norm (Zhang and Sennrich 2019) with a shift: a layer norm without the mean.

    onnxruntime computes it in a quarter of the time of a layer norm.
    """

    def __init__(self, norm: nn.LayerNorm) -> None:
        super().__init__()
        self.weight, self.bias, self.eps = norm.weight, norm.bias, norm.eps

    def forward(self, x: Tensor) -> Tensor:
        """Return x, scaled and shifted, of the same shape."""
        return functional.rms_norm(x, (WIDTH,), self.weight, self.eps) + self.bias


class Student(nn.Module):
    """Answers (logits, vectors) like the teacher; the last layer is computed for the first position only."""

    def __init__(self, teacher: Teacher) -> None:
        super().__init__()
        self.encoder: Encoder = teacher.encoder
        self.encoder.layers = self.encoder.layers[:LAYERS]
        self.encoder.norm = ScaledNorm(self.encoder.norm)
        for layer in self.encoder.layers:
            layer.norm_attention = ScaledNorm(layer.norm_attention)
            layer.norm = ScaledNorm(layer.norm)
        for layer in self.encoder.layers[:-1]:
            _narrow(layer)
        self.head: nn.Linear = teacher.head

    def forward(self, ids: Tensor) -> tuple[Tensor, Tensor]:
        """Return logits (batch, 4) and vectors (batch, width)."""
        x, blocked = self.encoder.embedded(ids)
        for layer in self.encoder.layers[:-1]:
            x = layer(x, blocked)
        vectors = self.encoder.layers[-1](x, blocked, first_only=True)[:, 0]
        return self.head(vectors), vectors

    def arrays(self) -> dict[str, NDArray[np.float32]]:
        """Return the weights by name, as the ONNX graph reads them."""
        stored = {name.removeprefix("encoder."): value.numpy() for name, value in self.state_dict().items()}
        return stored | {"words": stored["words.weight"]}


def distilled(
    student: Student,
    ids: Sequence[Sequence[int]],
    answers: tuple[Tensor, Tensor],
    labels: Tensor,
    seed: int,
) -> Student:
    """Train the student on the teacher's (logits, vectors) and on the labels' shares, one row per text."""
    logits, vectors = answers

    def loss(batch: Tensor, numbers: Tensor) -> Tensor:
        found, seen = (each.float() for each in student(batch))
        softened = functional.log_softmax(found / _TEMPERATURE, dim=1)
        wanted = functional.softmax(logits[numbers] / _TEMPERATURE, dim=1)
        apart = functional.kl_div(softened, wanted, reduction="batchmean")
        wrong = functional.cross_entropy(found, labels[numbers], label_smoothing=0.05)
        turned = 1 - functional.cosine_similarity(seen, vectors[numbers]).mean()
        return _ANSWERS * apart + _LABELS * wrong + turned

    learn(student, ids, loss, Plan(_EPOCHS, _RATE, seed))
    return student


def _narrow(layer: Layer) -> None:
    """Keep the feed-forward units whose weights are strongest."""
    strength = layer.up.weight.norm(dim=1) * layer.down.weight.norm(dim=0)
    kept = strength.topk(_HIDDEN).indices.sort().values
    up, down = nn.Linear(WIDTH, _HIDDEN), nn.Linear(_HIDDEN, WIDTH)
    with torch.no_grad():
        up.weight.copy_(layer.up.weight[kept])
        up.bias.copy_(layer.up.bias[kept])
        down.weight.copy_(layer.down.weight[:, kept])
        down.bias.copy_(layer.down.bias)
    layer.up, layer.down = up, down
