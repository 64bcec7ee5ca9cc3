"""What processes and folders take, as benchmarks sample it."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil

MIB = 2**20
IDLE_S, IDLE_CPU_S = 3.0, 0.15
"""A process that only polls takes a twentieth of a core at most."""


def cpu_seconds(process: psutil.Process) -> float:
    """User and system time so far."""
    times = process.cpu_times()
    return times.user + times.system


def resident_mib(process: psutil.Process) -> float:
    """Resident memory now."""
    return process.memory_info().rss / MIB


def family_cpu_seconds(process: psutil.Process) -> float:
    """The same, with all that its children have taken, ended or not."""
    return sum(_if_running(_with_ended, each) for each in (process, *process.children(recursive=True)))


def _with_ended(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system + times.children_user + times.children_system)


def family_resident_mib(process: psutil.Process) -> float:
    """Resident memory of a process and its children now."""
    return resident_mib(process) + sum(
        _if_running(resident_mib, each) for each in process.children(recursive=True)
    )


def _if_running(measure: Callable[[psutil.Process], float], process: psutil.Process) -> float:
    try:
        return measure(process)
    except psutil.NoSuchProcess:
        return 0.0


def child(module: str) -> psutil.Process:
    """The process that runs `python -m module` among this process's children."""
    return next(each for each in psutil.Process().children() if each.cmdline()[-1] == module)


def idle(process: psutil.Process) -> psutil.Process:
    """Wait until the process has started and is idle."""
    before = -1.0
    while cpu_seconds(process) - before > IDLE_CPU_S:
        before = cpu_seconds(process)
        time.sleep(IDLE_S)
    return process


def growth(values: Sequence[float]) -> float:
    """The peak of the second half as a multiple of the first half's."""
    half = len(values) // 2
    return max(values[half:]) / max(values[: half or 1])


def bytes_below(folder: Path) -> int:
    """Return what the files below a folder have, together."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
