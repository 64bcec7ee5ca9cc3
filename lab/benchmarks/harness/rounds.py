"""Contenders that do the same work in turn, and how sure the ratio of what they take is."""

import json
import os
import subprocess
import sys
import sysconfig
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from itertools import count
from math import sqrt
from pathlib import Path
from statistics import median
from tempfile import TemporaryFile
from typing import IO

from harness.contender import BESIDE, Found

HERE = Path(__file__).parents[1]
PATHS = os.pathsep.join([str(HERE), str(HERE.parents[1])])
Rounds = Mapping[str, Sequence[Found]]
"""What each contender has found, round by round."""


@dataclass(frozen=True)
class Contender:
    """A module whose `prepare` is given the arguments, and the Python that runs it."""

    module: str
    arguments: Sequence[str] = ()
    python: str = sys.executable
    sources: Sequence[str] = ()
    """Where packages of another release are; whatever else it lacks is this environment's."""

    def start(self, log: IO[str]) -> "subprocess.Popen[str]":
        """Start its process, which ends when its input is closed."""
        beside = {BESIDE: sysconfig.get_path("purelib")} if self.sources else {}
        return subprocess.Popen(  # noqa: S603 - our own modules
            [self.python, "-m", "harness.contender", self.module, *self.arguments],
            env={**os.environ, **beside, "PYTHONPATH": os.pathsep.join([PATHS, *self.sources])},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )


@dataclass(frozen=True)
class Ratio:
    """The median of paired ratios, and the bounds within which it is with 95 %."""

    low: float
    median: float
    high: float

    @classmethod
    def of(cls, ratios: Sequence[float]) -> "Ratio":
        """By order statistics, which no outlier moves.

        Source: Conover, "Practical Nonparametric Statistics", 3rd edition, 1999, section 3.2.
        """
        ordered, number = sorted(ratios), len(ratios)
        outside = max(0, int((number - 1.96 * sqrt(number)) / 2))
        return cls(ordered[outside], median(ordered), ordered[number - 1 - outside])

    def tells(self, limit: float) -> bool:
        """Whether it is surely on one side of a limit."""
        return not self.low <= limit <= self.high


def in_turn(
    contenders: Mapping[str, Contender], is_enough: Callable[[Rounds], bool], *, warm_up: int = 1
) -> Rounds:
    """Do rounds in turn, in alternate order, until it is enough; the first are to warm up.

    Raises `RuntimeError` with what a contender has last said if its process ends.
    """
    found: defaultdict[str, list[Found]] = defaultdict(list)
    with ExitStack() as stack:
        logs = {name: stack.enter_context(TemporaryFile("w+")) for name in contenders}
        running = {name: each.start(logs[name]) for name, each in contenders.items()}
        for process in running.values():
            stack.callback(_end, process)
        for number in count():
            for name in list(running)[:: (1, -1)[number % 2]]:
                if (one := _round(running[name])) is None:
                    raise RuntimeError(f"{name} ended: {_last(logs[name])}")
                found[name] += [one] * (number >= warm_up)
            if number >= warm_up and is_enough(found):
                return found
    raise AssertionError


def _round(process: "subprocess.Popen[str]") -> Found | None:
    """Return what a round has found; None if the process ends instead."""
    told, answers = process.stdin, process.stdout
    if told is None or answers is None:
        return None
    with suppress(BrokenPipeError):
        told.write("\n")
        told.flush()
    line = answers.readline()
    found: Found | None = json.loads(line) if line else None
    return found


def _end(process: "subprocess.Popen[str]") -> None:
    with suppress(BrokenPipeError):
        process.communicate()


def _last(log: IO[str]) -> str:
    log.seek(0)
    return log.read().strip().rpartition("\n")[2]
