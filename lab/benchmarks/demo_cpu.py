"""CPU time of a whole demo by customer and process: everything that `make demo DATA=file` starts.

User and system time of the command and all its descendants, from start to exit, imports included: the total
is the kernel's count of what was waited for, the rows are samples. Exits with 1 above the limit.
"""

import argparse
import os
import subprocess
import sys
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
from rich.console import Console
from rich.table import Table

from fondly.evaluation.sample import write_sample
from harness.contender import Found, Work
from harness.processes import cpu_seconds

LOOK_S = 0.2
CUSTOMERS = 1_500
LIMIT_MS = 35.0
"""For the sample, on a busy machine; with more customers the start of nine processes weighs less."""
SERVICES = ("ingest", "sentiment", "recommender", "mailer")
NAMES = {
    "ministack.app:app": "emulator",
    "fondly.stack.emulator": "emulator",
    "fondly.stack.pictures": "pictures",
    "understudy": "understudy",
} | {f"fondly.{service}": service for service in SERVICES}
"""What a process is called by the module that it runs; the command itself is the demo, and so are others."""
DEMO = "demo"
UNSEEN = "between samples"


@dataclass(frozen=True)
class Demo:
    """One demo: how many customers had an email, and the CPU seconds by process."""

    customers: int
    cpu_s: dict[str, float]


def main() -> int:
    """Run a demo, print the table, and return the exit code."""
    options = _options()
    with TemporaryDirectory(prefix="fondly-demo-cpu-") as folder:
        data = options.data or Path(folder) / "sample.csv"
        if not options.data:
            write_sample(data, customers=options.customers)
        demo = run_demo(data.resolve(), Path(folder))
    found_ms = {name: cpu_s / demo.customers * 1000 for name, cpu_s in demo.cpu_s.items()}
    table = Table("", "CPU ms a customer")
    for name, each in (found_ms | {"all": sum(found_ms.values())}).items():
        table.add_row(name, f"{each:.2f}")
    Console().print(table)
    return int(sum(found_ms.values()) > options.limit_ms)


def prepare(path: str) -> Work:
    """Return a round: a demo of a file, of which the services count and not what stands in for AWS."""

    def work() -> Found:
        with TemporaryDirectory(prefix="fondly-demo-cpu-") as folder:
            demo = run_demo(Path(path), Path(folder))
        return {"units": demo.customers, "cpu_s": sum(demo.cpu_s.get(name, 0.0) for name in SERVICES)}

    return work


def run_demo(data: Path, out: Path) -> Demo:
    """Run `fondly demo` to its end and sample what its processes take; raise if it fails."""
    command = [sys.executable, "-m", "fondly.cli", "demo", "--data", str(data), "--out", str(out)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)  # noqa: S603 - our own command
    seen: dict[int, tuple[str, float]] = {}
    while (ended := os.wait4(process.pid, os.WNOHANG))[0] == 0:
        seen |= _look(process.pid, seen)
        time.sleep(LOOK_S)
    _, status, used = ended
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"the demo ended with code {process.returncode}")
    by_name: defaultdict[str, float] = defaultdict(float)
    for name, cpu_s in seen.values():
        by_name[name] += cpu_s
    by_name[UNSEEN] = used.ru_utime + used.ru_stime - sum(by_name.values())
    return Demo(sum(1 for _ in out.glob("run-*/emails/*")), dict(by_name))


def _look(pid: int, seen: dict[int, tuple[str, float]]) -> dict[int, tuple[str, float]]:
    """The CPU seconds so far of a process and its descendants; those without a name have their parent's."""
    found: dict[int, tuple[str, float]] = {}
    try:
        root = psutil.Process(pid)
        for process in (root, *root.children(recursive=True)):
            name = next((NAMES[each] for each in process.cmdline() if each in NAMES), None)
            before = seen.get(process.pid) or found.get(process.ppid()) or (DEMO, 0.0)
            found[process.pid] = (
                name or before[0],
                cpu_seconds(process),
            )  # one that has ended has no command
    except psutil.NoSuchProcess:
        pass  # it has ended since: the last sample stands
    return found


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    add = parser.add_argument
    add("--data", type=Path, help="the file; by default a sample")
    add("--customers", type=int, default=CUSTOMERS, help="customers of the sample")
    add("--limit-ms", type=float, default=LIMIT_MS, help="most CPU ms a customer")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
