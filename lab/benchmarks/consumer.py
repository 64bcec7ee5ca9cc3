"""What a message costs our consumer, a bare loop and other libraries, on one SQS emulator.

First table: CPU seconds per 1,000 messages with a handler that does nothing. Second: throughput with a delay
on every AWS call and slow handlers. Exits with 1 when a limit is missed.
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

from fondly.stack.embedded import embedded_stack
from harness.latency import delayed
from harness.libraries import Library, libraries
from harness.workload import Measurement, Workload, run

OURS, BARE = "fondly", "bare aiobotocore"
MAX_TO_BARE = 1.3
MAX_TO_PEER = 0.6
MIN_OF_IDEAL = 0.8
Measurements = dict[str, list[Measurement]]


def main() -> int:
    """Run both comparisons, print them, and return the exit code."""
    arguments = _arguments()
    compared = {
        name: each for name, each in libraries().items() if not arguments.only or name in arguments.only
    }
    with TemporaryDirectory() as folder, embedded_stack(Path(folder), services=()) as stack:
        endpoint = stack.variables["AWS_ENDPOINT_URL"]
        log_dir = arguments.logs or Path(folder)
        log_dir.mkdir(parents=True, exist_ok=True)
        misses = []
        if arguments.messages:
            misses += _cost(compared, arguments, log_dir)
        if arguments.far_messages:
            misses += _throughput(compared, arguments, log_dir, endpoint)
    for miss in misses:
        Console(stderr=True).print(f"missed: {miss}", style="red", highlight=False)
    return bool(misses)


def _cost(compared: Mapping[str, Library], arguments: argparse.Namespace, log_dir: Path) -> list[str]:
    workload = Workload(arguments.messages, _body(), arguments.concurrency, log_dir)
    measured = _interleaved(compared, workload, arguments.repetitions)
    cost = {name: median(each.cpu_ms_per_message for each in found) for name, found in measured.items()}
    peers = [cost[name] for name in cost if name not in {OURS, BARE}]
    table = Table(title=f"no-op handler, {workload.messages:,} messages, median of {arguments.repetitions}")
    for column in ("", "CPU s per 1,000", "spread", "of bare", "messages/s"):
        table.add_column(column, justify="right" if column else "left")
    for name, found in measured.items():
        costs = sorted(each.cpu_ms_per_message for each in found)
        speed = median(each.messages_per_s for each in found)
        of_bare = f"{cost[name] / cost[BARE]:.2f}" if BARE in cost else ""
        table.add_row(
            escape(name), f"{cost[name]:.3f}", f"{costs[0]:.3f}-{costs[-1]:.3f}", of_bare, f"{speed:,.0f}"
        )
    Console().print(table)
    return [
        *_bar("ours / bare loop", cost[OURS] / cost[BARE] if BARE in cost else None, MAX_TO_BARE, best="low"),
        *_bar("ours / best peer", cost[OURS] / min(peers) if peers else None, MAX_TO_PEER, best="low"),
    ]


def _throughput(
    compared: Mapping[str, Library], arguments: argparse.Namespace, log_dir: Path, endpoint: str
) -> list[str]:
    with delayed(log_dir, urlsplit(endpoint).port or 0, arguments.delay_ms / 1_000) as port:
        workload = Workload(
            arguments.far_messages,
            _body(),
            arguments.far_concurrency,
            log_dir,
            handler_s=arguments.handler_ms / 1_000,
            endpoint=f"http://127.0.0.1:{port}",
        )
        measured = _interleaved(compared, workload, arguments.far_repetitions)
    ideal = workload.concurrency / workload.handler_s
    table = Table(
        title=f"{arguments.delay_ms:g} ms added to every call, {arguments.handler_ms:g} ms handler, "
        f"{workload.concurrency} at a time, {workload.messages:,} messages"
    )
    for column in ("", "messages/s", "of ideal", "CPU s per 1,000"):
        table.add_column(column, justify="right" if column else "left")
    speeds = {name: median(each.messages_per_s for each in found) for name, found in measured.items()}
    for name, found in measured.items():
        cost = median(each.cpu_ms_per_message for each in found)
        table.add_row(escape(name), f"{speeds[name]:,.0f}", f"{speeds[name] / ideal:.2f}", f"{cost:.3f}")
    table.add_row("ideal", f"{ideal:,.0f}", "1.00", "")
    Console().print(table)
    return _bar("throughput / ideal", speeds[OURS] / ideal, MIN_OF_IDEAL, best="high")


def _interleaved(compared: Mapping[str, Library], workload: Workload, repetitions: int) -> Measurements:
    """Run each library once, then each again: a slow minute of the machine affects all of them."""
    measured: Measurements = {name: [] for name in compared}
    for _ in range(repetitions):
        for name, library in compared.items():
            with _status(name):
                measured[name].append(run(library, workload))
    return measured


@contextmanager
def _status(name: str) -> Iterator[None]:
    with Console(stderr=True).status(escape(name)):
        yield


def _bar(name: str, value: float | None, bar: float, *, best: str) -> list[str]:
    """Print a ratio and its limit; return it if it misses the limit."""
    if value is None:
        return []
    text = f"{name}: {value:.2f} (limit: {'at most' if best == 'low' else 'at least'} {bar:g})"
    Console().print(text, highlight=False)
    return [] if (value <= bar if best == "low" else value >= bar) else [text]


def _body() -> str:
    """About 400 bytes, like one of our events."""
    data = {
        "part": 17,
        "parts": 240,
        "key": "runs/5f0c2a91d3b7e846/customers/part-00017.jsonl",
        "customers": 148,
    }
    event = {
        "specversion": "1.0",
        "id": "8f14e45f-ceea-5670-a3c1-1d5a0f2b9e7c",
        "source": "fondly/ingest",
        "type": "fondly.data-ingested.v1",
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
    add("--messages", type=int, default=4_000, help="messages per worker and round; 0 skips the first table")
    add("--repetitions", type=int, default=3, help="rounds; the table shows the median")
    add("--concurrency", type=int, default=10, help="messages that a worker handles at a time")
    add("--far-messages", type=int, default=2_000, help="messages in the second table; 0 skips it")
    add("--far-repetitions", type=int, default=1, help="rounds of the second table")
    add("--far-concurrency", type=int, default=50, help="messages at a time in the second table")
    add("--delay-ms", type=float, default=20.0, help="added to every AWS call in the second table")
    add("--handler-ms", type=float, default=100.0, help="duration of a handler in the second table")
    add("--only", nargs="+", metavar="NAME", help="run only these")
    add("--logs", type=Path, metavar="FOLDER", help="keep the logs in this folder")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
