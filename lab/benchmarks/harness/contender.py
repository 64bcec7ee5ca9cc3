"""One contender in a process of its own: `python -m harness.contender MODULE ARGUMENT...`.

`MODULE.prepare(*arguments)` returns a function that does a round of work. For each line that comes in, a
round is done, and a line of JSON goes out with what it has found: CPU seconds, which are those of the process
and of its children that have ended, and more. Needs nothing but the standard library: peers have environments
of their own.
"""

import gc
import json
import os
import resource
import site
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from importlib import import_module
from typing import Any

BESIDE = "FONDLY_BENCH_BESIDE"
"""Where packages are that this environment lacks: a release before has no benchmarks."""
FEW = 64
"""A cache of no more holds what is read once, such as a language."""
Found = dict[str, Any]
Work = Callable[[], Mapping[str, Any]]


def cpu_s() -> float:
    """CPU seconds so far of this process and of its children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


@contextmanager
def timed(found: Found, name: str = "cpu_s") -> Iterator[None]:
    """Add what the block takes to what is found."""
    started = cpu_s()
    yield
    found[name] = found.get(name, 0.0) + cpu_s() - started


def forget() -> None:
    """Empty caches of bounded size, as what they hold belongs to the round before; a few hold no more."""
    cache = type(lru_cache(cpu_s))
    gc.unfreeze()  # what is frozen is not among the objects
    for each in gc.get_objects():
        if isinstance(each, cache) and (each.cache_info().maxsize or 0) > FEW:
            each.cache_clear()
    gc.collect()
    gc.freeze()


def main() -> None:
    """Prepare, and do rounds until nobody asks for more."""
    if beside := os.environ.get(BESIDE):
        site.addsitedir(beside)
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever a library prints is no answer
    work: Work = import_module(sys.argv[1]).prepare(*sys.argv[2:])
    for _ in sys.stdin:
        answers.write(json.dumps(dict(work())) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
