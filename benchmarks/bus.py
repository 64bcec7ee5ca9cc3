"""What a message costs: our consumer beside a bare loop and other libraries, on one SQS emulator.

First table: CPU seconds per 1,000 messages with a handler that does nothing. Second: throughput when every
AWS call takes longer and handlers take their time. Exits with 1 when a bar is missed.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from encore.stack.embedded import embedded_stack
from harness.contestants import Contestant, contestants
from harness.latency import distance
from harness.race import Course, Lap, run

OURS, BARE = "encore", "bare aiobotocore"
MAX_TO_BARE = 1.3
MAX_TO_PEER = 0.6
MIN_OF_IDEAL = 0.8
Laps = dict[str, list[Lap]]


def main() -> int:
    """Run both comparisons, print them, and return the exit code."""
    arguments = _arguments()
    entered = {
        name: each for name, each in contestants().items() if not arguments.only or name in arguments.only
    }
    with TemporaryDirectory() as folder, embedded_stack(Path(folder), services=()) as stack:
        endpoint = stack.environment["AWS_ENDPOINT_URL"]
        log_dir = arguments.logs or Path(folder)
        log_dir.mkdir(parents=True, exist_ok=True)
        misses = []
        if arguments.messages:
            misses += _cost(entered, arguments, log_dir)
        if arguments.far_messages:
            misses += _throughput(entered, arguments, log_dir, endpoint)
    for miss in misses:
        Console(stderr=True).print(f"missed: {miss}", style="red", highlight=False)
    return bool(misses)


def _cost(entered: Mapping[str, Contestant], arguments: argparse.Namespace, log_dir: Path) -> list[str]:
    course = Course(arguments.messages, _body(), arguments.concurrency, log_dir)
    laps = _interleaved(entered, course, arguments.repetitions)
    cost = {name: median(lap.cpu_ms_per_message for lap in found) for name, found in laps.items()}
    peers = [cost[name] for name in cost if name not in {OURS, BARE}]
    table = Table(title=f"no-op handler, {course.messages:,} messages, median of {arguments.repetitions}")
    for column in ("", "CPU s per 1,000", "spread", "of bare", "messages/s"):
        table.add_column(column, justify="right" if column else "left")
    for name, found in laps.items():
        each = sorted(lap.cpu_ms_per_message for lap in found)
        speed = median(lap.messages_per_s for lap in found)
        of_bare = f"{cost[name] / cost[BARE]:.2f}" if BARE in cost else ""
        table.add_row(
            escape(name), f"{cost[name]:.3f}", f"{each[0]:.3f}-{each[-1]:.3f}", of_bare, f"{speed:,.0f}"
        )
    Console().print(table)
    return [
        *_bar("ours / bare loop", cost[OURS] / cost[BARE] if BARE in cost else None, MAX_TO_BARE, best="low"),
        *_bar("ours / best peer", cost[OURS] / min(peers) if peers else None, MAX_TO_PEER, best="low"),
    ]


def _throughput(
    entered: Mapping[str, Contestant], arguments: argparse.Namespace, log_dir: Path, endpoint: str
) -> list[str]:
    with distance(log_dir, urlsplit(endpoint).port or 0, arguments.delay_ms / 1_000) as port:
        course = Course(
            arguments.far_messages,
            _body(),
            arguments.far_concurrency,
            log_dir,
            handler_s=arguments.handler_ms / 1_000,
            endpoint=f"http://127.0.0.1:{port}",
        )
        laps = _interleaved(entered, course, arguments.far_repetitions)
    ideal = course.concurrency / course.handler_s
    table = Table(
        title=f"{arguments.delay_ms:g} ms added to every call, {arguments.handler_ms:g} ms handler, "
        f"{course.concurrency} at a time, {course.messages:,} messages"
    )
    for column in ("", "messages/s", "of ideal", "CPU s per 1,000"):
        table.add_column(column, justify="right" if column else "left")
    speeds = {name: median(lap.messages_per_s for lap in found) for name, found in laps.items()}
    for name, found in laps.items():
        cost = median(lap.cpu_ms_per_message for lap in found)
        table.add_row(escape(name), f"{speeds[name]:,.0f}", f"{speeds[name] / ideal:.2f}", f"{cost:.3f}")
    table.add_row("ideal", f"{ideal:,.0f}", "1.00", "")
    Console().print(table)
    return _bar("throughput / ideal", speeds[OURS] / ideal, MIN_OF_IDEAL, best="high")


def _interleaved(entered: Mapping[str, Contestant], course: Course, repetitions: int) -> Laps:
    """Let everyone run once, then everyone again: a slow minute of the machine hits all alike."""
    laps: Laps = {name: [] for name in entered}
    for _ in range(repetitions):
        for name, contestant in entered.items():
            with _told(name):
                laps[name].append(run(contestant, course))
    return laps


@contextmanager
def _told(name: str) -> Iterator[None]:
    with Console(stderr=True).status(escape(name)):
        yield


def _bar(name: str, value: float | None, bar: float, *, best: str) -> list[str]:
    """Print a ratio beside its bar; return what was missed."""
    if value is None:
        return []
    text = f"{name}: {value:.2f} (bar: {'at most' if best == 'low' else 'at least'} {bar:g})"
    Console().print(text, highlight=False)
    return [] if (value <= bar if best == "low" else value >= bar) else [text]


def _body() -> str:
    """About 400 bytes, as an event of ours has."""
    data = {
        "part": 17,
        "parts": 240,
        "key": "runs/5f0c2a91d3b7e846/customers/part-00017.jsonl",
        "customers": 148,
    }
    event = {
        "specversion": "1.0",
        "id": "8f14e45f-ceea-5670-a3c1-1d5a0f2b9e7c",
        "source": "encore/ingest",
        "type": "encore.data-ingested.v1",
        "subject": "5f0c2a91d3b7e846",
        "time": "2026-01-05T09:30:00.000000Z",
        "datacontenttype": "application/json",
        "data": data,
    }
    return json.dumps(event)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    add = parser.add_argument
    add("--messages", type=int, default=4_000, help="messages a worker and repetition; 0 leaves this out")
    add("--repetitions", type=int, default=3, help="rounds; the median counts")
    add("--concurrency", type=int, default=10, help="messages a worker may handle at a time")
    add("--far-messages", type=int, default=2_000, help="the same for the second table; 0 leaves it out")
    add("--far-repetitions", type=int, default=1, help="rounds of the second table")
    add("--far-concurrency", type=int, default=50, help="messages at a time in the second table")
    add("--delay-ms", type=float, default=20.0, help="added to every AWS call in the second table")
    add("--handler-ms", type=float, default=100.0, help="how long a handler takes in the second table")
    add("--only", nargs="+", metavar="NAME", help="run these only")
    add("--logs", type=Path, metavar="FOLDER", help="keep the logs there")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
