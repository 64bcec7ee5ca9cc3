"""The engine of understudy's Personalize: how its CPU time and memory grow with the interactions.

Beside it is alternating least squares as the library `implicit` has it, on the same data in the same run.
Each measurement has a process of its own. Exits with 1 when a limit is missed.
"""

import argparse
import resource
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from scipy import sparse

from understudy.engines.recommend import Events, Histories, ItemContent, Profiles, Recommender

PER_USER = 10
USERS_PER_ITEM = 10
ITEMS_PER_CATEGORY = 50
FAVOURITES = 3
LOYALTY = 0.8
"""The share of interactions that are with a user's favourite categories."""
SKEW = 2.0
"""Items of a category are chosen by a uniform number to this power: the first are the popular ones."""
LIST = 5
FACTORS, ITERATIONS = 64, 15

MAX_CPU_S = 900.0
MAX_GIB = 6.0
LIMITED_FROM = 10_000_000
MAX_GROWTH = 1.5
"""Limit for the CPU time per interaction, of any size to that of the smallest."""


@dataclass(frozen=True)
class Measured:
    """CPU seconds of all threads, from fitting to a list of five for everyone; peak memory of the process."""

    fit_cpu_s: float
    rank_cpu_s: float
    peak_gib: float

    @property
    def cpu_s(self) -> float:
        """CPU seconds of both."""
        return self.fit_cpu_s + self.rank_cpu_s


def main() -> int:
    """Measure every size, print the table and return the exit code."""
    options = _options()
    table = Table("interactions", "of", "fit CPU s", "lists CPU s", "peak GiB", "CPU µs per interaction")
    ours: dict[int, Measured] = {}
    for size in sorted(options.interactions):
        for name, measure in (("fondly", fondly), ("implicit ALS", als)):
            found = _in_a_process(measure, size)
            if measure is fondly:
                ours[size] = found
            table.add_row(
                f"{size:,}",
                name,
                f"{found.fit_cpu_s:,.1f}",
                f"{found.rank_cpu_s:,.1f}",
                f"{found.peak_gib:.2f}",
                f"{found.cpu_s / size * 1e6:,.0f}",
            )
    Console().print(table)
    missed, errors = _missed(ours), Console(stderr=True)
    for line in missed:
        errors.print(line)
    return 1 if missed else 0


def fondly(size: int) -> Measured:
    """Measure our engine."""
    user, item, n_users, n_items = interactions(size)
    events = Events(
        user=user,
        item=item,
        time=np.arange(size, dtype=np.int64),
        weight=np.ones(size, dtype=np.float32),
        n_users=n_users,
        n_items=n_items,
    )
    labels = [(f"category{one // ITEMS_PER_CATEGORY}", f"brand{one % 997}") for one in range(n_items)]
    content = ItemContent(labels=labels, texts=[""] * n_items)
    before = _cpu_s()
    histories = Histories.of(events)
    model = Recommender.fit(histories, content)
    fitted = _cpu_s()
    for _ in model.rank(Profiles.of(histories), np.arange(n_users), LIST):
        pass
    return Measured(fitted - before, _cpu_s() - fitted, _peak_gib())


def als(size: int) -> Measured:
    """Measure `implicit`, with the number of factors and iterations that are usual for it."""
    from implicit.als import AlternatingLeastSquares  # noqa: PLC0415 - loaded where it is measured
    from threadpoolctl import threadpool_limits  # noqa: PLC0415 - comes with it

    user, item, n_users, n_items = interactions(size)
    known = sparse.csr_matrix((np.ones(size, np.float32), (user, item)), shape=(n_users, n_items))
    before = _cpu_s()
    with threadpool_limits(1, "blas"):  # as the library asks: it has threads of its own
        model = AlternatingLeastSquares(factors=FACTORS, iterations=ITERATIONS, random_state=0)
        model.fit(known, show_progress=False)
        fitted = _cpu_s()
        for start in range(0, n_users, 10_000):
            users = np.arange(start, min(start + 10_000, n_users))
            model.recommend(users, known[users], N=LIST)
    return Measured(fitted - before, _cpu_s() - fitted, _peak_gib())


def interactions(size: int) -> tuple[NDArray[np.int32], NDArray[np.int32], int, int]:
    """Return users and items of `size` interactions, oldest first for each user, and how many of both.

    Users have a few favourite categories and go from item to item in them; each item has the same number of
    interactions on average, whatever the size.
    """
    random = np.random.default_rng(0)
    n_users = size // PER_USER
    n_items = n_users // USERS_PER_ITEM
    n_categories = max(1, n_items // ITEMS_PER_CATEGORY)
    favourites = random.integers(0, n_categories, (n_users, FAVOURITES), dtype=np.int32)
    user = np.repeat(np.arange(n_users, dtype=np.int32), PER_USER)
    category = favourites[user, random.integers(0, FAVOURITES, user.size)]
    strays = random.random(user.size) > LOYALTY
    category[strays] = random.integers(0, n_categories, int(strays.sum()))
    place = (random.random(user.size) ** SKEW * ITEMS_PER_CATEGORY).astype(np.int32)
    return user, np.minimum(category * ITEMS_PER_CATEGORY + place, n_items - 1), n_users, n_items


def _missed(ours: dict[int, Measured]) -> list[str]:
    smallest = min(ours)
    least = ours[smallest].cpu_s / smallest
    missed = []
    for size, found in ours.items():
        growth = found.cpu_s / size / least
        if growth > MAX_GROWTH:
            missed.append(f"{size:,}: {growth:.2f} times the CPU time per interaction, at most {MAX_GROWTH}")
        if size >= LIMITED_FROM and found.cpu_s > MAX_CPU_S:
            missed.append(f"{size:,}: {found.cpu_s:.0f} CPU s, at most {MAX_CPU_S:.0f}")
        if size >= LIMITED_FROM and found.peak_gib > MAX_GIB:
            missed.append(f"{size:,}: {found.peak_gib:.1f} GiB, at most {MAX_GIB:.0f}")
    return missed


def _in_a_process(measure: Callable[[int], Measured], size: int) -> Measured:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(measure, size).result()


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _peak_gib() -> float:
    """Return the most memory that this process has had, which Linux counts in KiB and macOS in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**30 if sys.platform == "darwin" else peak / 2**20


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--interactions",
        type=int,
        nargs="+",
        default=[100_000, 1_000_000, 10_000_000],
        help="sizes to measure",
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
