"""What teacher and student share: batches of similar length, the optimiser, and evaluation in batches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from sentiment_training.encoder import PAD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


_BATCH = 48
_POOL_BATCHES = 50
_HEAD_RATE = 1e-3
_WARM_SHARE = 0.06


@dataclass(frozen=True)
class Plan:
    """How long and how fast to learn."""

    epochs: int
    rate: float
    seed: int


def padded(ids: Sequence[Sequence[int]]) -> Tensor:
    """Return (texts, positions), filled up to the longest text."""
    result = torch.full((len(ids), max(map(len, ids))), PAD)
    for row, each in enumerate(ids):
        result[row, : len(each)] = torch.tensor(each)
    return result


def learn(
    model: nn.Module, ids: Sequence[Sequence[int]], loss: Callable[[Tensor, Tensor], Tensor], plan: Plan
) -> None:
    """Train in place; `loss` gets the padded ids and the numbers of a batch's texts."""
    torch.manual_seed(plan.seed)
    groups = _rates(model, plan.rate)
    optimiser = torch.optim.AdamW(groups, weight_decay=0.01, fused=True)
    steps = plan.epochs * -(-len(ids) // _BATCH)
    warm = max(1, int(_WARM_SHARE * steps))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min((step + 1) / warm, max(0.0, (steps - step) / (steps - warm)))
    )
    model.train()
    for epoch in range(plan.epochs):
        total = 0.0
        for numbers in _batches(ids, _BATCH, plan.seed + epoch):
            optimiser.zero_grad()
            with torch.autocast("cpu", dtype=torch.bfloat16):
                value = loss(padded([ids[number] for number in numbers]), torch.tensor(numbers))
            value.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            total += float(value.detach()) * len(numbers)
        print(f"  epoch {epoch + 1}: loss {total / len(ids):.4f}", flush=True)
    model.eval()


@torch.no_grad()
def answers(model: nn.Module, ids: Sequence[Sequence[int]], batch: int = 64) -> tuple[Tensor, Tensor]:
    """Return the logits (texts, 4) and the vectors (texts, width) of all texts, in order."""
    order = sorted(range(len(ids)), key=lambda number: len(ids[number]))
    logits, vectors = [], []
    for start in range(0, len(order), batch):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            found = model(padded([ids[number] for number in order[start : start + batch]]))
        logits.append(found[0].float())
        vectors.append(found[1].float())
    back = torch.argsort(torch.tensor(order))
    return torch.cat(logits)[back], torch.cat(vectors)[back]


def _batches(ids: Sequence[Sequence[int]], size: int, seed: int) -> Iterator[list[int]]:
    """Yield every text once, at random, but beside texts of similar length: padding costs time."""
    random = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(ids), generator=random).tolist()
    batches = []
    for start in range(0, len(order), size * _POOL_BATCHES):
        pool = sorted(order[start : start + size * _POOL_BATCHES], key=lambda number: len(ids[number]))
        batches += [pool[n : n + size] for n in range(0, len(pool), size)]
    for index in torch.randperm(len(batches), generator=random).tolist():
        yield batches[index]


def _rates(model: nn.Module, rate: float) -> list[dict[str, object]]:
    head = [value for name, value in model.named_parameters() if name.startswith("head")]
    body = [
        value
        for name, value in model.named_parameters()
        if value.requires_grad and not name.startswith("head")
    ]
    return [{"params": body, "lr": rate}, {"params": head, "lr": _HEAD_RATE}]
