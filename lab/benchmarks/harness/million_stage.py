"""One stage of a run in a process of its own: `python -m harness.million_stage FOLDER STAGE FILE`.

The service runs as in production, with its own wiring and its consumer, until its queue is empty; only the
AWS behind it is local. Every few seconds, and at the end, FILE says as JSON what the process took, and what
it asked of AWS. SIGTERM lets it finish the messages that it has; it exits with 3 if others are left.
"""

import asyncio
import json
import os
import resource
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import psutil
import uvloop

from fondly.runtime.process import collect_garbage_seldom
from fondly.runtime.runs.run import StageName
from harness.in_process import settings_of, until_done
from harness.local_aws import Session
from harness.processes import MIB
from harness.profiles import Profiles

KIB_PER_MIB = 1024
SAVE_S = 5.0
LOOKS_PER_TENTH = 200
INTERRUPTED = 3
PROFILED, SMTP_PORT = "FONDLY_MILLION_PROFILED", "FONDLY_SENDER_SMTP_PORT"


def main() -> None:
    """Run the stage, and keep what it takes."""
    folder, stage, path = Path(sys.argv[1]), StageName(sys.argv[2]), Path(sys.argv[3])
    settings, session = settings_of(stage), Session(folder)
    took, profiles = Took(path, session), Profiles(on=PROFILED in os.environ)
    collect_garbage_seldom()
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:  # as `run_process` does
            runner.run(until_done(stage, settings, session, took.look))
    finally:
        took.save(profiles.own_s())
    if session.queues.left(settings.queue_url):
        raise SystemExit(INTERRUPTED)


class Took:
    """What the process has taken since its imports, in a file."""

    def __init__(self, path: Path, session: Session) -> None:
        self.session = session
        self._path = path
        self._started_s, self._cpu_s = time.monotonic(), _cpu_s()
        self._saved_s, self._process, self._resident = self._started_s, psutil.Process(), list[int]()

    def look(self) -> None:
        """Note what is resident; every few seconds, save."""
        self._resident.append(self._process.memory_info().rss)
        if time.monotonic() - self._saved_s >= SAVE_S:
            self._saved_s = time.monotonic()
            self.save()

    def save(self, profile: Mapping[str, float] = MappingProxyType({})) -> None:
        """Replace the file, as a whole."""
        facts = {
            "wall_s": time.monotonic() - self._started_s,
            "cpu_s": _cpu_s() - self._cpu_s,
            "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIB_PER_MIB,
            "tenths_mib": self._tenths_mib(),
            "profile": dict(profile),
            **self.session.usage.facts(),
        }
        new = self._path.with_suffix(".new")
        new.write_text(json.dumps(facts))
        new.replace(self._path)

    def _tenths_mib(self) -> list[float]:
        """What was resident in the second and in the last tenth of the time; nothing if that was short.

        In the first, a process has yet to read what it keeps.
        """
        tenth, seen = len(self._resident) // 10, self._resident
        if tenth < LOOKS_PER_TENTH:
            return []
        return [sum(some) / tenth / MIB for some in (seen[tenth : 2 * tenth], seen[-tenth:])]


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
