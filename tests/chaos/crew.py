"""The services' processes: started with wrong clocks, killed without notice, restarted like ECS does."""

import asyncio
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from random import Random

from chaos.tally import Tally
from local.processes import Processes

SKEW = Path(__file__).parent / "skew"
MAX_SKEW_S = 120.0
RESTART_S = (0.3, 1.5)


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

    async def suffer(self, *, every_s: tuple[float, float], stop: asyncio.Event) -> None:
        """Kill a random process after another until `stop`; at the end all of them run."""
        order = list(self._names)
        while True:
            self._rng.shuffle(order)
            for name in order:
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), self._rng.uniform(*every_s))
                if stop.is_set():
                    return
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
        self._processes.start(name, ["-m", self._names[name]], {**self._environment, **clock})
