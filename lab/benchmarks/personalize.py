"""Personalize in understudy: what many runs leave behind, and a large import, training and inference.

One understudy, with its state on disk, does small runs one after another, each with an import, a version and
a batch job, and loses what the run before has made, as with the services. Then it imports many interactions,
trains on them and recommends to every user. Start-up is not included, but that of the process that trains on
the large one is. Exits with 1 when memory or disk grow from the first half of the runs to the second, or when
the large one takes more than its limits.
"""

import argparse
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import boto3
import numpy as np
import psutil
from botocore.exceptions import ClientError
from rich.console import Console
from rich.table import Table

from fondly.stack.embedded import embedded_stack
from harness.personalize import POLL_S, RECIPE, ROLE, SCHEMA, made
from harness.processes import (
    MIB,
    bytes_below,
    child,
    family_cpu_seconds,
    family_resident_mib,
    growth,
    idle,
    resident_mib,
)

if TYPE_CHECKING:
    from types_boto3_personalize import PersonalizeClient

PER_USER, USERS_PER_ITEM, TASTES = 10, 5, 20
SMALL, LIST = 2_000, 25
MAX_CPU_S, MAX_MIB = 60.0, 1_536
MAX_GROWTH = 1.1
"""Limit for memory and for disk, second half of the runs to the first."""


@dataclass
class Shop:
    """An understudy with a dataset of interactions, and a bucket."""

    client: "PersonalizeClient"
    process: psutil.Process
    bucket: str
    group: str = ""
    dataset: str = ""
    peak_mib: float = 0.0

    def make(self, noun: str, **request: object) -> str:
        """Create something, and return its ARN when it is active; watch the memory meanwhile."""
        return made(self.client, noun, self._look, **request)

    def open(self) -> None:
        """Make a group with a dataset of interactions."""
        self.group = self.make("dataset_group", name="shop")
        arn = self.client.create_schema(name="interactions", schema=SCHEMA)["schemaArn"]
        of = {"schemaArn": arn, "datasetGroupArn": self.group, "datasetType": "Interactions"}
        self.dataset = self.make("dataset", name="i", **of)

    def bring(self, name: str, interactions: int, *, seed: int = 0) -> None:
        """Store interactions, and a line for every user."""
        store = boto3.client("s3").put_object
        lines = (f'{{"userId":"u{user}"}}' for user in range(interactions // PER_USER))
        for key, body in ((f"{name}.csv", rows(interactions, seed=seed)), (f"{name}.json", lines)):
            store(Bucket=self.bucket, Key=key, Body="\n".join(body).encode())

    def take(self, name: str) -> None:
        """Import interactions in place of what was imported before."""
        source = {"dataLocation": f"s3://{self.bucket}/{name}.csv"}
        self.make(
            "dataset_import_job", jobName=name, datasetArn=self.dataset, dataSource=source, roleArn=ROLE
        )

    def train(self, name: str) -> tuple[str, str]:
        """Train; return the solution and its version."""
        solution = self.make("solution", name=name, datasetGroupArn=self.group, recipeArn=RECIPE)
        return solution, self.make("solution_version", solutionArn=solution)

    def infer(self, name: str, version: str) -> None:
        """Recommend to every user."""
        self.make(
            "batch_inference_job",
            jobName=name,
            solutionVersionArn=version,
            roleArn=ROLE,
            numResults=LIST,
            jobInput={"s3DataSource": {"path": f"s3://{self.bucket}/{name}.json"}},
            jobOutput={"s3DataDestination": {"path": f"s3://{self.bucket}/out/{name}/"}},
        )

    def lose(self, solution: str) -> None:
        """Delete a solution with its versions, and wait until it is gone."""
        self.client.delete_solution(solutionArn=solution)
        while True:
            try:
                self.client.describe_solution(solutionArn=solution)
            except ClientError:
                return
            time.sleep(POLL_S)

    def _look(self) -> None:
        self.peak_mib = max(self.peak_mib, family_resident_mib(self.process))


def main() -> int:
    """Measure, print the tables, and return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    parser.add_argument("--interactions", type=int, default=1_000_000, help="of the large import")
    parser.add_argument("--runs", type=int, default=50, help="small runs before it")
    options = parser.parse_args()
    with TemporaryDirectory() as name:
        state = Path(name) / "state"
        os.environ["UNDERSTUDY_STATE_DIR"] = str(state)
        with embedded_stack(Path(name) / "logs", services=()) as stack:
            bucket = stack.resources.buckets["data"]
            shop = Shop(boto3.client("personalize"), idle(child("understudy")), bucket)
            shop.open()
            left = measure_runs(shop, options.runs, state)
            steps = measure_large(shop, options.interactions)
    table = Table(f"{options.interactions:,} interactions", "CPU s")
    for step, seconds in steps.items():
        table.add_row(step, f"{seconds:.1f}")
    Console().print(table)
    return verdict({"CPU s": (sum(steps.values()), MAX_CPU_S), "peak MiB": (shop.peak_mib, MAX_MIB)}, left)


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


def measure_large(shop: Shop, interactions: int) -> dict[str, float]:
    """Import, train and infer; return the CPU seconds of each."""
    shop.bring("large", interactions)
    taken = [family_cpu_seconds(shop.process)]
    shop.take("large")
    taken.append(family_cpu_seconds(shop.process))
    _, version = shop.train("large")
    taken.append(family_cpu_seconds(shop.process))
    shop.infer("large", version)
    taken.append(family_cpu_seconds(shop.process))
    return dict(zip(("import", "training", "inference"), np.diff(taken).tolist(), strict=True))


def measure_runs(shop: Shop, count: int, state: Path) -> dict[str, list[float]]:
    """Do small runs, each of which loses what the one before has made; return what is left after each."""
    left: dict[str, list[float]] = {"memory": [], "disk": []}
    before = ""
    for number in range(count):
        name = f"small-{number}"
        shop.bring(name, SMALL, seed=number)
        shop.take(name)
        solution, version = shop.train(name)
        shop.infer(name, version)
        if before:
            shop.lose(before)
        before = solution
        left["memory"].append(resident_mib(shop.process))
        left["disk"].append(bytes_below(state) / MIB)
    return left


def verdict(large: dict[str, tuple[float, float]], left: dict[str, list[float]]) -> int:
    """Print what was measured beside its limit; return 1 if anything is above."""
    measured = dict(large)
    for name, values in left.items():
        if len(values) > 1:
            told = f"growth of {name} from {values[0]:.1f} to {values[-1]:.1f} MiB"
            measured[told] = (growth(values), MAX_GROWTH)
    for name, (value, limit) in measured.items():
        Console().print(f"{name}: {value:,.2f} (limit: {limit:,.2f})", highlight=False)
    return int(any(value > limit for value, limit in measured.values()))


if __name__ == "__main__":
    sys.exit(main())
