"""The services' processes: started with wrong clocks, killed without notice, restarted like ECS does."""

import asyncio
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from random import Random

from encore.stack.processes import Processes
from tests.chaos.tally import Tally

SKEW = Path(__file__).parent / "skew"
MAX_SKEW_S = 120.0
RESTART_S = (0.3, 1.5)
CALLS_PER_LIFE = 10
"""Calls after which a process has come to work: a few are made at its start."""


class Crew:
    """`size` processes a service. Everything random is drawn from `seed`, a process start at a time."""

    def __init__(
        self,
        processes: Processes,
        environment: Mapping[str, str],
        tally: Tally,
        *,
        services: tuple[str, ...],
        size: int,
        seed: int,
    ) -> None:
        self._processes = processes
        self._environment = environment
        self._tally = tally
        self._names = {
            f"{service}-{number}": service for number in range(1, size + 1) for service in services
        }
        self._rng = Random(f"{seed} crew")  # noqa: S311 - a test's dice

    def start(self, *, max_skew_s: float = 0.0) -> None:
        """Start every process."""
        for name in self._names:
            self._start(name, max_skew_s)

    async def suffer(self, *, every_s: tuple[float, float], most: int, stop: asyncio.Event) -> None:
        """Kill a random process after another until `stop`, at `most` so many; at the end all of them run.

        Only what has come to work is killed, each once before one is killed again: on a busy machine a
        service may take longer to start than the storm would let it live.
        """
        order: list[str] = []
        while not stop.is_set() and self._tally.kills.total() < most:
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), self._rng.uniform(*every_s))
            order = order or self._rng.sample(list(self._names), len(self._names))
            working = [name for name in order if self._tally.lives[name] >= CALLS_PER_LIFE]
            if working and not stop.is_set():
                order.remove(working[0])
                await self._replace(working[0])

    async def _replace(self, name: str) -> None:
        self._processes.kill(name)
        self._tally.kills[self._names[name]] += 1
        await asyncio.sleep(self._rng.uniform(*RESTART_S))
        self._start(name, MAX_SKEW_S)

    def revive(self) -> None:
        """Start again what has ended of itself, which a service may do whose start met a fault."""
        for name in self._processes.ended():
            if name in self._names:
                self._processes.kill(name)
                self._tally.happenings["services ended of themselves"] += 1
                self._start(name, MAX_SKEW_S)

    def _start(self, name: str, max_skew_s: float) -> None:
        skew_s = round(self._rng.uniform(-max_skew_s, max_skew_s), 1)
        self._tally.skews_s.append(skew_s)
        paths = filter(None, [str(SKEW), os.environ.get("PYTHONPATH")])
        clock = {"PYTHONPATH": os.pathsep.join(paths), "ENCORE_CHAOS_SKEW_S": str(skew_s)}
        caller = {"AWS_SDK_UA_APP_ID": name}
        self._tally.lives[name] = 0
        self._processes.start(
            name, ["-m", f"encore.{self._names[name]}"], {**self._environment, **clock, **caller}
        )
