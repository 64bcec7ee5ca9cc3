"""Benchmarks are believed by what a ratio's bounds say."""

from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "lab" / "benchmarks"


@pytest.mark.parametrize("slower", [1.0, 1.15])
def test_a_ratio_is_told_from_noise(monkeypatch: pytest.MonkeyPatch, slower: float) -> None:
    """Rounds that a busy machine disturbs neither hide a commit that takes 15 % more, nor invent it."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    from harness.rounds import Ratio  # noqa: PLC0415 - scripts' own path

    noise = [0.97, 1.0, 1.03, 0.99, 1.01, 1.02, 0.98, 2.0, 0.6] * 2
    ratio = Ratio.of([each * slower for each in noise])
    assert ratio.low <= slower <= ratio.high
    assert ratio.tells(1.1)
    assert (ratio.median > 1.1) == (slower > 1.1)
