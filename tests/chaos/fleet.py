"""The services' processes: started with wrong clocks, killed at random and deployed, as ECS does both."""

import asyncio
import os
import sys
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from random import Random

from fondly.stack.processes import Processes
from tests.chaos.tally import Tally

SKEW = Path(__file__).parent / "skew"
MAX_SKEW_S = 120.0
RESTART_S = (0.3, 1.5)
KILLS_PER_DEPLOYMENT = 3
DEPLOYED = "processes replaced by a deployment"
HERE = sys.executable
BASELINE = os.environ.get("FONDLY_BASELINE", HERE)
"""The Python of the release before, with which storms begin; this one's unless another is named."""
MIN_CALLS_BEFORE_KILL = 10
"""Calls after which a process counts as working: it makes a few while it starts."""


def nothing(_: str) -> None:
    """Do nothing about a service's kill."""


class Fleet:
    """`size` processes of each service; kills, restarts and clock skews are drawn from `seed`."""

    def __init__(
        self,
        processes: Processes,
        environment: Mapping[str, str],
        tally: Tally,
        *,
        services: tuple[str, ...],
        size: int,
        seed: int,
        max_skew_s: float = MAX_SKEW_S,
        min_calls: int = MIN_CALLS_BEFORE_KILL,
        on_kill: Callable[[str], None] = nothing,
    ) -> None:
        self._processes = processes
        self._environment = environment
        self._tally = tally
        self._max_skew_s = max_skew_s
        self._min_calls = min_calls
        self._on_kill = on_kill
        self._names = {
            f"{service}-{number}": service for number in range(1, size + 1) for service in services
        }
        self._pythons = dict.fromkeys(self._names, HERE)
        # Renaming "crew" would change what the seeds in docs/promises-tests.md draw.
        self._rng = Random(f"{seed} crew")  # noqa: S311 - reproducible test data

    def start(self, *, max_skew_s: float = 0.0, python: str = HERE) -> None:
        """Start every process, of the release that this Python has."""
        self._pythons = dict.fromkeys(self._names, python)
        for name in self._names:
            self._start(name, max_skew_s)

    async def kill_at_random(
        self, *, every_s: tuple[float, float], max_kills: int, stop: asyncio.Event
    ) -> None:
        """Kill and restart one random process after another until `stop` is set or `max_kills` reached.

        Only a working process is killed, and each once before any is killed again: on a busy machine a
        service may take longer to start than the time between two kills. After every third, a service is
        deployed, in turn.
        """
        order: list[str] = []
        deployed = deque(dict.fromkeys(self._names.values()))
        while not stop.is_set() and self._tally.kills.total() < max_kills:
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), self._rng.uniform(*every_s))
            order = order or self._rng.sample(list(self._names), len(self._names))
            working = [name for name in order if self._tally.calls_since_start[name] >= self._min_calls]
            if working and not stop.is_set():
                order.remove(working[0])
                await self._kill_and_restart(working[0])
                if self._tally.kills.total() % KILLS_PER_DEPLOYMENT == 0:
                    await self._deploy(deployed[0])
                    deployed.rotate(-1)

    async def _deploy(self, service: str) -> None:
        """Replace a service's processes by this release's, one after another, while all others go on."""
        for name in [name for name in self._names if self._names[name] == service]:
            await asyncio.to_thread(self._processes.end, name)
            self._tally.interference[DEPLOYED] += 1
            self._pythons[name] = HERE
            self._start(name, self._max_skew_s)

    async def _kill_and_restart(self, name: str) -> None:
        self._processes.kill(name)
        self._tally.kills[self._names[name]] += 1
        self._on_kill(self._names[name])
        await asyncio.sleep(self._rng.uniform(*RESTART_S))
        self._start(name, self._max_skew_s)

    def restart_ended(self) -> None:
        """Restart processes that exited by themselves, as a service does when a call at its start fails."""
        for name in self._processes.ended():
            if name in self._names:
                self._processes.kill(name)
                self._tally.interference["processes exited by themselves"] += 1
                self._start(name, self._max_skew_s)

    def _start(self, name: str, max_skew_s: float) -> None:
        skew_s = round(self._rng.uniform(-max_skew_s, max_skew_s), 1)
        self._tally.skews_s.append(skew_s)
        paths = filter(None, [str(SKEW), os.environ.get("PYTHONPATH")])
        clock = {"PYTHONPATH": os.pathsep.join(paths), "FONDLY_CHAOS_SKEW_S": str(skew_s)}
        caller = {"AWS_SDK_UA_APP_ID": name}
        self._tally.calls_since_start[name] = 0
        self._processes.start(
            name,
            ["-m", f"fondly.{self._names[name]}"],
            {**self._environment, **clock, **caller},
            python=self._pythons[name],
        )
