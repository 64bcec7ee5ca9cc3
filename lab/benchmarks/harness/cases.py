"""What is measured, by whom, and the limits."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from fondly.stack.embedded import embedded_stack
from harness.rounds import PATHS, Contender

OURS = "ours"


@dataclass(frozen=True)
class Case:
    """Work that contenders do, in units."""

    unit: str
    ours: Contender
    peers: Mapping[str, Contender] = field(default_factory=dict)
    """Those with a process of their own; ours may tell of others beside it."""
    least: float = 0.0
    """Units a CPU second of ours."""
    least_of: Mapping[str, float] = field(default_factory=dict)
    """The ratio of ours to a peer's."""
    needs_stack: bool = False
    once: bool = False
    """A round is long, and begins from nothing: one is enough, without warming up."""
    released: bool = False
    """A release before can do it, too: it takes nothing but the services' entry points, or their consumer."""


@contextmanager
def shop(customers: int) -> Iterator[Path]:
    """Make a shop that cases read, with what stages leave to each other."""
    with TemporaryDirectory(prefix="fondly-bench-") as name:
        command = [sys.executable, "-m", "stages", name, str(customers)]
        subprocess.run(  # noqa: S603 - our own module
            command, check=True, env={**os.environ, "PYTHONPATH": PATHS}, capture_output=True
        )
        yield Path(name)


@contextmanager
def stack() -> Iterator[None]:
    """Have the emulators of AWS, which contenders find in their environment."""
    with TemporaryDirectory(prefix="fondly-bench-") as name, embedded_stack(Path(name) / "logs", services=()):
        yield


def cases(made: Path, peers: str) -> dict[str, Case]:
    """Return all, by name; `peers` is the Python that has the peers' libraries."""
    customers, reviews = json.loads((made / "facts.json").read_text())
    sample, of_peers = str(made / "amazon.csv"), partial(Contender, python=peers)
    return {
        "bus": Case(
            "messages",
            Contender("bus", (OURS, "500")),
            {
                "bare loop": Contender("bus", ("bare", "500")),
                **{name: of_peers("peers.buses", (name, "500")) for name in ("taskiq", "dramatiq", "celery")},
            },
            needs_stack=True,
            released=True,
        ),
        "ingest": Case(
            "reviews",
            Contender("stages", ("ingest", str(made), reviews)),
            {name: of_peers("peers.frames", (name, sample, reviews)) for name in ("pandas", "polars")},
            least=4_000,
            released=True,
        ),
        "sentiment": Case("reviews", Contender("sentiment", ("300",)), least=1_200),
        "sentiment-stage": Case(
            "reviews", Contender("stages", ("sentiment", str(made), reviews)), released=True
        ),
        "recommender": Case(
            "interactions",
            Contender("recommender", (OURS, "16000")),
            {name: Contender("recommender", (name, "16000")) for name in ("ALS", "BPR")},
        ),
        "recommender-stage": Case(
            "customers", Contender("stages", ("recommender", str(made), customers)), released=True
        ),
        "mailer": Case("emails", Contender("mailer", ("280",)), least=1_200),
        "mailer-stage": Case("emails", Contender("stages", ("mailer", str(made), customers)), released=True),
        "sender-smtp": Case("emails", Contender("sender", ("smtp", "280")), least_of={"bare loop": 0.8}),
        "sender-ses": Case("emails", Contender("sender", ("ses", "280")), least_of={"bare loop": 0.8}),
        "pipeline": Case(
            "customers",
            Contender("demo_cpu", (sample,)),
            {"notebooks": of_peers("peers.notebooks", (sample, customers))},
            needs_stack=True,
            once=True,
        ),
    }
