"""The same file through our services and through the original notebooks' calls, with realistic latency.

Every AWS call is delayed by a fixed time and every call to the model by some seconds, the same for both.
Each runs on a fresh embedded stack. Personalize's preparation (data sets, training, campaign or batch job) is
polled every second and timed for both, but is not part of the ratio: its duration depends on Personalize
alone. Exits with 1 when the ratio misses its limit.
"""

import argparse
import asyncio
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from rich.console import Console
from rich.table import Table

from fondly.operations.local_stack import exported
from fondly.stack.embedded import Stack, embedded_stack
from harness.latency import LOOPBACK, delayed
from harness.notebooks import Notebooks
from harness.our_services import Timings, follow, services
from harness.regulars import Shop, write_shop

MIN_RATIO = 30
POLL_INTERVAL_S = 1
PREPARATION = "personalize"
UNDERSTUDY_SERVICES = ("COMPREHEND", "PERSONALIZE", "PERSONALIZE_RUNTIME")
MODEL = "BEDROCK_RUNTIME"


def main() -> int:
    """Run both, print them side by side, and return the exit code."""
    arguments = _arguments()
    with TemporaryDirectory() as folder:
        logs = arguments.logs or Path(folder)
        path = Path(folder) / "regulars.csv"
        shop = write_shop(path, customers=arguments.customers)
        Console().print(_described(shop), highlight=False)
        with _far_stack(logs / "ours", arguments) as stack:
            ours = _through_services(stack, logs / "ours", path, arguments)
        with _far_stack(logs / "notebooks", arguments) as stack:
            theirs = _through_notebooks(stack, shop)
    _show("our services", ours.seconds)
    _show("the notebooks' calls", theirs.seconds)
    Console().print(f"ours: {_summary(ours.counts)}", highlight=False)
    return _verdict(ours.seconds, theirs.seconds)


@contextmanager
def _far_stack(logs: Path, arguments: argparse.Namespace) -> Iterator[Stack]:
    """Run an emulator and understudy, and point this process's endpoints at them through delaying proxies."""
    delay_s, model_s = arguments.delay_ms / 1_000, arguments.model_s
    with ExitStack() as closing:
        enter = closing.enter_context
        stack = enter(embedded_stack(logs, services=()))
        emulator, understudy = (
            urlsplit(stack.variables[name]).port or 0
            for name in ("AWS_ENDPOINT_URL", f"AWS_ENDPOINT_URL_{MODEL}")
        )
        near = enter(delayed(logs, understudy, delay_s))
        ports = {"AWS_ENDPOINT_URL": enter(delayed(logs, emulator, delay_s))}
        ports |= {f"AWS_ENDPOINT_URL_{service}": near for service in UNDERSTUDY_SERVICES}
        ports[f"AWS_ENDPOINT_URL_{MODEL}"] = enter(delayed(logs, understudy, delay_s + model_s))
        enter(exported({name: f"http://{LOOPBACK}:{port}" for name, port in ports.items()}))
        yield stack


def _through_services(stack: Stack, logs: Path, path: Path, arguments: argparse.Namespace) -> Timings:
    settings = {"FONDLY_RECOMMENDER_POLL_INTERVAL_S": str(POLL_INTERVAL_S)}
    settings |= dict(each.split("=", 1) for each in arguments.set)
    with services(logs, settings) as processes:
        return asyncio.run(follow(stack, processes, path))


def _through_notebooks(stack: Stack, shop: Shop) -> Notebooks:
    resources = stack.resources
    notebooks = Notebooks(shop, resources.buckets["data"], resources.tables, POLL_INTERVAL_S)
    notebooks.run()
    return notebooks


def _described(shop: Shop) -> str:
    pairs = {(row.customer_id, row.product_id) for row in shop.review_rows}
    return (
        f"{len(shop.rows):,} rows, {len(shop.customers):,} customers, {len(shop.reviews):,} reviews, "
        f"{len(pairs):,} interactions"
    )


def _show(title: str, seconds: Mapping[str, float]) -> None:
    counted = _counted(seconds)
    table = Table(title=title)
    for column in ("", "seconds", "share"):
        table.add_column(column, justify="right" if column else "left")
    for step, took in seconds.items():
        share = "not counted" if step == PREPARATION else f"{took / counted:.0%}"
        table.add_row(step, f"{took:,.1f}", share)
    table.add_row("total", f"{counted:,.1f}", "100%")
    Console().print(table)


def _summary(counts: Mapping[str, int]) -> str:
    names = ("emails", "emails_template_copy", "copy_repairs", "reviews_scored", "customers_by_popularity")
    return ", ".join(f"{counts.get(name, 0):,} {name}" for name in names)


def _counted(seconds: Mapping[str, float]) -> float:
    return sum(took for step, took in seconds.items() if step != PREPARATION)


def _verdict(ours: Mapping[str, float], theirs: Mapping[str, float]) -> int:
    """Print the ratios; the limit applies to the one without Personalize's preparation."""
    ratio = _counted(theirs) / _counted(ours)
    with_preparation = sum(theirs.values()) / sum(ours.values())
    console = Console()
    console.print(f"notebooks / ours: {ratio:.1f} (limit: at least {MIN_RATIO})", highlight=False)
    console.print(f"with Personalize's preparation: {with_preparation:.1f}", highlight=False)
    return int(ratio < MIN_RATIO)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    add = parser.add_argument
    add("--customers", type=int, default=200, help="customers, each with several reviews")
    add("--delay-ms", type=float, default=20.0, help="added to every AWS call")
    add("--model-s", type=float, default=2.0, help="added to every call to the model, on top")
    add("--set", nargs="*", default=[], metavar="NAME=VALUE", help="settings of our services")
    add("--logs", type=Path, metavar="FOLDER", help="keep the logs in this folder")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
