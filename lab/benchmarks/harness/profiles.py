"""Where a process's CPU time goes: cProfile in each of its threads, by the thread's own CPU clock."""

import cProfile
import pstats
import threading
import time
from collections import Counter

KEPT = 200
"""Functions, of those that took most."""


class Profiles:
    """Profiles this thread, and every one that begins after it."""

    def __init__(self, *, on: bool) -> None:
        self._profiles: list[cProfile.Profile] = []
        if on:
            threading.setprofile(lambda *_: self._begin())
            self._begin()

    def _begin(self) -> None:
        profile = cProfile.Profile(time.thread_time)
        self._profiles.append(profile)
        profile.enable()

    def own_s(self) -> dict[str, float]:
        """Return the seconds of functions without those that they called, by `module function`."""
        found: Counter[str] = Counter()
        for profile in self._profiles:
            for entry in profile.getstats():
                found[_name(entry.code)] += entry.inlinetime  # type: ignore[assignment] # seconds
        return dict(found.most_common(KEPT))


def _name(code: object) -> str:
    """`fondly/mailer/domain/facts.py facts`; of what is written in C, what it calls itself."""
    if isinstance(code, str):
        return f"C {code}"
    path, _, function = pstats.func_std_string((code.co_filename, 0, code.co_name)).partition(":0(")  # type: ignore[attr-defined]
    for root in ("/site-packages/", "/src/", "/benchmarks/", "/lib/", "/tests/"):
        path = path.rpartition(root)[2]
    return f"{path} {function.removesuffix(')')}"
