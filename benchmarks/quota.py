"""How well worker processes share a quota: ours, and botocore's own "adaptive" retries.

Each worker is a process with an aiobotocore client and as many calls waiting as in the sentiment service. The
server, a process of its own, has a token bucket like those of AWS. Exits with 1 when ours misses a limit.
"""

import argparse
import json
import sys
import tempfile
import time
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from encore.stack.processes import Processes, free_port
from harness import quota_worker, throttling_server

LEAST_USED = 0.9
MOST_THROTTLED = 0.02
MOST_UNFAIR = 0.3
PROBE_S = 0.1
Counts = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Case:
    """One measurement."""

    limiter: str
    workers: int
    quota_per_s: float
    burst: float
    delay_s: float
    seconds: float


@dataclass(frozen=True)
class Outcome:
    """What the server counted from the workers' start on."""

    used: float
    """Share of the quota."""
    throttled: float
    """Share of the calls."""
    unfair: float
    """How far the worker that is furthest from an equal share is from it, as a share of that."""

    @property
    def is_within_limits(self) -> bool:
        """Whether it meets every limit."""
        return self.used >= LEAST_USED and self.throttled <= MOST_THROTTLED and self.unfair <= MOST_UNFAIR


def measure(case: Case) -> Outcome:
    """Run the workers for so many seconds, and see what the server counted."""
    port = free_port()
    url = f"http://{throttling_server.LOOPBACK}:{port}/"
    names = [f"worker{number}" for number in range(case.workers)]
    with tempfile.TemporaryDirectory() as logs, Processes(Path(logs)) as processes:
        bucket = [str(port), str(case.quota_per_s), str(case.burst), str(case.delay_s)]
        processes.start("server", [throttling_server.__file__, *bucket], {})
        _await_counts(url, processes)
        for name in names:
            arguments = [name, url, str(case.quota_per_s), case.limiter]
            processes.start(name, [str(quota_worker.__file__), *arguments], {})
        while not _counts(url)["scored"]:
            processes.check()
            time.sleep(PROBE_S)
        started = time.monotonic()
        time.sleep(case.seconds)
        processes.check()
        counts, seconds = _counts(url), time.monotonic() - started
    return _outcome(case, counts, seconds)


def _outcome(case: Case, counts: Counts, seconds: float) -> Outcome:
    scored, throttled = sum(counts["scored"].values()), sum(counts["throttled"].values())
    equal = scored / case.workers
    each = [counts["scored"].get(f"worker{number}", 0) for number in range(case.workers)]
    return Outcome(
        used=scored / (case.quota_per_s * seconds + case.burst),
        throttled=throttled / (scored + throttled),
        unfair=max(abs(count / equal - 1) for count in each),
    )


def _counts(url: str) -> Counts:
    with urllib.request.urlopen(url, timeout=10) as response:  # noqa: S310 - our own server
        counts: Counts = json.load(response)
    return counts


def _await_counts(url: str, processes: Processes) -> None:
    while True:
        processes.check()
        try:
            _counts(url)
        except OSError:
            time.sleep(PROBE_S)
        else:
            return


def main() -> int:
    """Measure every case and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 4])
    parser.add_argument("--quota", type=float, default=10, help="calls per second")
    parser.add_argument(
        "--burst", type=float, help="calls that the bucket holds; those of a second by default"
    )
    parser.add_argument(
        "--delays", type=float, nargs="+", default=[0.02, 0.6], help="seconds that a call takes"
    )
    parser.add_argument(
        "--limiters", nargs="+", choices=["encore", "botocore"], default=["encore", "botocore"]
    )
    chosen = parser.parse_args()
    burst = chosen.burst or max(1.0, chosen.quota)
    table = Table("", "workers", "a call takes", "quota used", "calls throttled", "furthest from equal")
    missed = 0
    for limiter in chosen.limiters:
        for workers in chosen.workers:
            for delay_s in chosen.delays:
                outcome = measure(Case(limiter, workers, chosen.quota, burst, delay_s, chosen.seconds))
                table.add_row(
                    limiter,
                    str(workers),
                    f"{delay_s * 1000:.0f} ms",
                    f"{outcome.used:.1%}",
                    f"{outcome.throttled:.1%}",
                    f"{outcome.unfair:.0%}",
                )
                missed += limiter == "encore" and not outcome.is_within_limits
    Console().print(table)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
