"""Personalize in understudy: what many runs leave behind, and a large import, training and inference.

One understudy, with its state on disk, does small runs one after another, each with an import, a version and
a batch job, and loses what the run before has made, as with the services. Then it imports many interactions,
trains on them and recommends to every user. Start-up is not included, but that of the process that trains on
the large one is. Exits with 1 when memory or disk grow from the first half of the runs to the second, or when
the large one takes more than its limits.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import boto3
import numpy as np
from rich.console import Console
from rich.table import Table

from fondly.stack.embedded import embedded_stack
from harness.personalize_shop import Shop
from harness.processes import child, curve, family_cpu_seconds, growth, idle, resident_mib

RECIPE = "arn:aws:personalize:::recipe/aws-user-personalization-v2"
PER_USER, USERS_PER_ITEM, TASTES = 10, 5, 20
SMALL = 2_000
MAX_CPU_S, MAX_MIB = 60.0, 1_536
MAX_GROWTH = 1.1
"""Limit for memory and for disk, second half of the runs to the first."""


@dataclass
class Large:
    """The large import, training and inference: CPU seconds of each, and the peak of memory."""

    cpu_s: dict[str, float] = field(default_factory=dict)
    peak_mib: float = 0.0


@dataclass
class Runs:
    """After each of the small runs, memory and disk."""

    resident_mib: list[float] = field(default_factory=list)
    disk_mib: list[float] = field(default_factory=list)


def main() -> int:
    """Measure, print the tables, and return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    parser.add_argument("--interactions", type=int, default=1_000_000, help="of the large import")
    parser.add_argument("--runs", type=int, default=50, help="small runs before it")
    options = parser.parse_args()
    with TemporaryDirectory() as name:
        os.environ["UNDERSTUDY_STATE_DIR"] = str(Path(name) / "state")
        with embedded_stack(Path(name) / "logs", services=()) as stack:
            bucket = stack.resources.buckets["data"]
            shop = Shop(boto3.client("personalize"), idle(child("understudy")), bucket, Path(name) / "state")
            set_up(shop)
            runs = measure_runs(shop, options.runs)
            large = measure_large(shop, options.interactions)
    show(options.interactions, large, runs)
    return verdict(large, runs)


def set_up(shop: Shop) -> None:
    """Make a group with a dataset of interactions."""
    shop.group = shop.made("dataset_group", name="shop")
    fields = [("USER_ID", "string"), ("ITEM_ID", "string"), ("TIMESTAMP", "long"), ("EVENT_TYPE", "string")]
    schema = {
        "type": "record",
        "name": "Interactions",
        "namespace": "com.amazonaws.personalize.schema",
        "fields": [{"name": name, "type": kind} for name, kind in fields],
        "version": "1.0",
    }
    arn = shop.client.create_schema(name="interactions", schema=json.dumps(schema))["schemaArn"]
    shop.dataset = shop.made(
        "dataset", name="i", schemaArn=arn, datasetGroupArn=shop.group, datasetType="Interactions"
    )


def rows(interactions: int, *, seed: int = 0) -> Iterator[str]:
    """Yield interactions of users with a taste each, popular items most."""
    random = np.random.default_rng(seed)
    users, items = interactions // PER_USER, interactions // PER_USER // USERS_PER_ITEM
    user = random.integers(0, users, interactions)
    item = (random.random(interactions) ** 2 * items / TASTES).astype(int) * TASTES + user % TASTES
    when = 1_700_000_000 + random.integers(0, 5_000_000, interactions)
    yield "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE"
    for each in zip(user.tolist(), item.tolist(), when.tolist(), strict=True):
        yield "u{},i{},{},review".format(*each)


def queries(interactions: int) -> Iterator[str]:
    """Yield a line for every user."""
    return (f'{{"userId":"u{user}"}}' for user in range(interactions // PER_USER))


def measure_large(shop: Shop, interactions: int) -> Large:
    """Import, train and infer."""
    shop.put("large.csv", rows(interactions))
    shop.put("large.json", queries(interactions))
    made: dict[str, str] = {}

    def train() -> None:
        made["solution"] = shop.made("solution", name="large", datasetGroupArn=shop.group, recipeArn=RECIPE)
        made["version"] = shop.made("solution_version", solutionArn=made["solution"])

    large = Large()
    steps: dict[str, Callable[[], None]] = {
        "import": lambda: shop.import_rows("large", "large.csv"),
        "training": train,
        "inference": lambda: shop.infer("large", made["version"], "large.json"),
    }
    for name, step in steps.items():
        before = family_cpu_seconds(shop.process)
        step()
        large.cpu_s[name] = family_cpu_seconds(shop.process) - before
    large.peak_mib = shop.peak_mib
    return large


def measure_runs(shop: Shop, count: int) -> Runs:
    """Do small runs, each of which loses what the one before has made."""
    runs, before = Runs(), None
    shop.put("small.json", queries(SMALL))
    for number in range(count):
        shop.put("small.csv", rows(SMALL, seed=number))
        shop.import_rows(f"small-{number}", "small.csv")
        solution = shop.made("solution", name=f"small-{number}", datasetGroupArn=shop.group, recipeArn=RECIPE)
        version = shop.made("solution_version", solutionArn=solution)
        shop.infer(f"small-{number}", version, "small.json")
        if before is not None:
            shop.delete_solution(before)
        before = solution
        runs.resident_mib.append(resident_mib(shop.process))
        runs.disk_mib.append(shop.disk_mib())
    return runs


def show(interactions: int, large: Large, runs: Runs) -> None:
    """Print both tables."""
    table = Table(f"{interactions:,} interactions", "CPU s")
    for name, seconds in large.cpu_s.items():
        table.add_row(name, f"{seconds:.1f}")
    table.add_row("together", f"{sum(large.cpu_s.values()):.1f}")
    table.add_row("peak MiB", f"{large.peak_mib:,.0f}")
    Console().print(table)
    if runs.disk_mib:
        table = Table(f"{len(runs.disk_mib)} runs", "first", "last", "by run")
        for name, values in (("resident MiB", runs.resident_mib), ("disk MiB", runs.disk_mib)):
            table.add_row(name, f"{values[0]:.1f}", f"{values[-1]:.1f}", curve(values))
        Console().print(table)


def verdict(large: Large, runs: Runs) -> int:
    """Print what is over a limit; return 1 if anything is."""
    measured = [
        ("CPU s", sum(large.cpu_s.values()), MAX_CPU_S),
        ("peak MiB", large.peak_mib, MAX_MIB),
    ]
    if len(runs.disk_mib) > 1:
        measured += [
            ("growth of memory", growth(runs.resident_mib), MAX_GROWTH),
            ("growth of disk", growth(runs.disk_mib), MAX_GROWTH),
        ]
    for name, value, limit in measured:
        Console().print(f"{name}: {value:,.2f} (limit: {limit:,.2f})", highlight=False)
    return int(any(value > limit for _, value, limit in measured))


if __name__ == "__main__":
    sys.exit(main())
