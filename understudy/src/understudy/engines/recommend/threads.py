"""Work on chunks in all cores; what is compiled runs side by side."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

A = TypeVar("A")
R = TypeVar("R")


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def in_threads(function: Callable[[A], R], arguments: Iterable[A]) -> Iterator[R]:
    """Yield the results in order; at most one for each core is computed ahead, which bounds memory."""
    workers = cores()
    waiting = iter(arguments)
    with ThreadPoolExecutor(workers, thread_name_prefix="recommend") as pool:
        running: deque[Future[R]] = deque(pool.submit(function, each) for each in islice(waiting, workers))
        while running:
            result = running.popleft().result()
            running.extend(pool.submit(function, each) for each in islice(waiting, 1))
            yield result
