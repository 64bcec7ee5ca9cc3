"""CPU time of a whole demo by customer and process: everything that `make demo DATA=file` starts.

User and system time of the command and all its descendants, from start to exit, imports included: the total
is the kernel's count of what was waited for, the rows are samples. Two checkouts can be measured in turn on
the same file, because on a shared machine a figure alone says little. Exits with 1 above the limit.
"""

import argparse
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import psutil
from rich.console import Console
from rich.table import Table

from fondly.evaluation.sample import write_sample
from harness.processes import cpu_seconds

LOOK_S = 0.2
CUSTOMERS = 1_500
LIMIT_MS = 35.0
"""For the sample, on a busy machine; with more customers the start of nine processes weighs less."""
HERE = Path(__file__).parents[2]
NAMES = {
    "ministack.app:app": "emulator",
    "fondly.stack.emulator": "emulator",
    "fondly.stack.pictures": "pictures",
    "understudy": "understudy",
} | {f"fondly.{service}": service for service in ("ingest", "sentiment", "recommender", "mailer")}
"""What a process is called by the module that it runs; the command itself is the demo, and so are others."""
DEMO = "demo"
UNSEEN = "between samples"


@dataclass(frozen=True)
class Demo:
    """One demo: CPU seconds by process, and how many customers had an email."""

    customers: int
    cpu_s: dict[str, float]

    @property
    def ms_per_customer(self) -> float:
        """CPU milliseconds of all processes per customer."""
        return sum(self.cpu_s.values()) / self.customers * 1000

    def ms(self, name: str) -> float:
        """CPU milliseconds of the processes of a name per customer."""
        return self.cpu_s.get(name, 0.0) / self.customers * 1000


def main() -> int:
    """Run the demos, print the table, and return the exit code."""
    options = _options()
    checkouts = [HERE, *([options.beside.resolve()] if options.beside else [])]
    demos: dict[Path, list[Demo]] = {checkout: [] for checkout in checkouts}
    with TemporaryDirectory(prefix="fondly-demo-cpu-") as folder:
        data = options.data or Path(folder) / "sample.csv"
        if not options.data:
            write_sample(data, customers=options.customers)
        for turn in range(options.rounds):
            for checkout in checkouts[:: (1, -1)[turn % 2]]:
                demos[checkout].append(run_demo(checkout, data.resolve(), Path(folder) / str(turn)))
                _say(f"{checkout.name}: {demos[checkout][-1].ms_per_customer:.2f} ms a customer")
    show(demos)
    return int(_median_ms(demos[HERE]) > options.limit_ms)


def run_demo(checkout: Path, data: Path, out: Path) -> Demo:
    """Run `fondly demo` of a checkout to its end and sample what its processes take; raise if it fails."""
    fondly = str(checkout / ".venv" / "bin" / "fondly")
    command = [fondly, "demo", "--data", str(data), "--out", str(out / checkout.name)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=checkout)  # noqa: S603 - a checkout's own
    seen: dict[int, tuple[str, float]] = {}
    while (ended := os.wait4(process.pid, os.WNOHANG))[0] == 0:
        seen |= _look(process.pid, seen)
        time.sleep(LOOK_S)
    _, status, used = ended
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"the demo of {checkout} ended with code {process.returncode}")
    by_name: defaultdict[str, float] = defaultdict(float)
    for name, cpu_s in seen.values():
        by_name[name] += cpu_s
    by_name[UNSEEN] = used.ru_utime + used.ru_stime - sum(by_name.values())
    return Demo(sum(1 for _ in out.glob(f"{checkout.name}/run-*/emails/*")), dict(by_name))


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


def show(demos: dict[Path, list[Demo]]) -> None:
    """Print the medians of every checkout's demos, by process and in all."""
    table = Table("CPU ms a customer", *(checkout.name for checkout in demos))
    names = dict.fromkeys(name for found in demos.values() for demo in found for name in demo.cpu_s)
    for name in names:
        taken = (median(demo.ms(name) for demo in found) for found in demos.values())
        table.add_row(name, *(f"{ms:.2f}" for ms in taken))
    table.add_row("all", *(f"{_median_ms(found):.2f}" for found in demos.values()), style="bold")
    Console().print(table)


def _median_ms(demos: Sequence[Demo]) -> float:
    return median(demo.ms_per_customer for demo in demos)


def _say(text: str) -> None:
    Console(stderr=True).print(text, style="dim", highlight=False, markup=False)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    add = parser.add_argument
    add("--data", type=Path, help="the file; by default a sample")
    add("--customers", type=int, default=CUSTOMERS, help="customers of the sample")
    add("--rounds", type=int, default=1, help="demos of each checkout; medians are shown")
    add("--beside", type=Path, help="another checkout, with its .venv, that runs the same demo in turn")
    add("--limit-ms", type=float, default=LIMIT_MS, help="most CPU ms a customer of this checkout")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
