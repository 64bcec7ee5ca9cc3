"""CPU time of what answers with current picks."""

from collections import defaultdict

import psutil

from harness.processes import cpu_seconds

MODULE = "fondly.recommender.web"


def cpu_by_process() -> dict[str, float]:
    """CPU seconds so far of the web process, its shops and the emulator."""
    found: defaultdict[str, float] = defaultdict(float)
    for process in psutil.Process().children():
        words = process.cmdline()
        if MODULE in words:
            found["web"] += cpu_seconds(process)
            below = process.children(recursive=True)
            found["shops"] += sum(cpu_seconds(child) for child in below)
            found["shops"] += sum(_ended_below(one) for one in (process, *below))
        elif "understudy" in words and words[-1] == "understudy":
            found["understudy"] += cpu_seconds(process)
        elif "fondly.stack.emulator" in words:
            found["emulator"] += cpu_seconds(process)
            found["emulator"] += sum(cpu_seconds(child) for child in process.children(recursive=True))
    return dict(found)


def _ended_below(process: psutil.Process) -> float:
    """CPU seconds of a process's children that have ended: the server that forks shops has them, too."""
    times = process.cpu_times()
    return float(times.children_user + times.children_system)
