"""A million customers at default settings, through the five services, to emails that arrive, on one machine.

One service runs after the other, each in processes of its own, with its own wiring, consumer and default
settings, until its queue is empty. The AWS behind them is local (`harness/local_aws`): its stores are files,
Comprehend and Personalize answer without understanding, `Converse` is answered by
understudy's copywriter. So nothing is waited for but work: no quota, no training, no delay; how long AWS
would take is reckoned (`harness/on_aws.py`). What a network and botocore take is not included; their calls
are counted. Emails are approved as a person does, and go by SMTP to a process that counts them.

With `--folder` the run is kept there, and the same command goes on with it: finished stages are not repeated,
and one that was interrupted resumes with the messages that are left, as a service that was restarted does.
`--changed` and `--week` go on with the same shop's next files.

Exits with 1 if a run does not get through its stages, has more than 1,000 parts, a ledger's item above 40 KB,
any item above 400 KB, or an event above 256 KiB, delivers an email twice, takes a fifth more CPU time a
customer than the run of `--beside`, or a fifth more memory at the end of a stage than near its beginning.
"""

import argparse
import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from rich.console import Console

from fondly.runtime.runs.run import StageName
from harness.in_process import environment
from harness.million_report import Report, problems, show
from harness.million_run import UploadRun
from harness.million_stage import PROFILED
from harness.shop_file import Upload

CUSTOMERS_PER_PRODUCT = 50
MIN_PRODUCTS = 300
NEW_IN_A_WEEK = 10.0
ONCE_A_WEEK = {"FONDLY_CONTACT_MAX_EMAILS": "1"}
"""What a shop sets that uploads more often than it writes."""


def main() -> int:
    """Run the stages, print what they took, write the result, and return the exit code."""
    options = _options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped; the same command goes on"))
    os.environ.update(environment() | ({PROFILED: "1"} if options.profile else {}))
    if options.folder:
        return _through_uploads(options.folder, options)
    with tempfile.TemporaryDirectory(prefix="fondly-million-") as name:
        return _through_uploads(Path(name), options)


def _through_uploads(folder: Path, options: argparse.Namespace) -> int:
    say = partial(_say, started_s=time.monotonic())
    beside = json.loads(options.beside.read_text())["first"] if options.beside else None
    reports, found = {}, list[str]()
    for number, upload in enumerate(_uploads(options), start=1):
        os.environ.update(ONCE_A_WEEK if upload.new else {})
        report = _through_stages(UploadRun(folder, upload, say, number=number), options, say)
        show(report, beside=beside)
        found += problems(report, beside=None if number > 1 else beside)
        reports[upload.name] = report.facts()
        beside = reports["first"]
    if options.json:
        options.json.write_text(json.dumps(reports, indent=2) + "\n")
    for problem in found:
        Console(stderr=True).print(problem, style="red", highlight=False)
    return int(bool(found))


def _uploads(options: argparse.Namespace) -> list[Upload]:
    changed = [Upload("changed", changed=options.changed)] if options.changed else []
    week = [Upload("week", changed=options.changed, new=NEW_IN_A_WEEK)] if options.week else []
    return [Upload("first"), *changed, *week]


def _through_stages(made: UploadRun, options: argparse.Namespace, say: "partial[None]") -> Report:
    products = options.products or max(MIN_PRODUCTS, options.customers // CUSTOMERS_PER_PRODUCT)
    shop = made.shop(options.customers, products)
    say(f"{shop.customers:,} customers, {shop.reviews:,} reviews, {shop.products:,} products")
    before = {StageName.SENTIMENT: made.clear, StageName.SENDER: made.approve}
    for stage in options.stages:
        if made.took(stage) is None:
            before.get(stage, lambda: None)()
            took = made.run(stage, 1 if stage == StageName.INGEST else options.tasks)
            say(f"{stage}: finished, {took['cpu_s']:,.0f} CPU s")
    run = made.ledger_run()
    if run is None:
        sys.exit("ingest has opened no run")
    stages = {str(stage): taken for stage in StageName if (taken := made.took(stage)) is not None}
    return Report(shop, stages, run, made.cost(), made.received())


def _say(text: str, *, started_s: float) -> None:
    Console(stderr=True).print(
        f"{time.monotonic() - started_s:6,.0f} s  {text}", style="dim", highlight=False, soft_wrap=True
    )


def _options(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    add = parser.add_argument
    add("--customers", type=int, default=1_000_000)
    add("--products", type=int, help=f"by default one for {CUSTOMERS_PER_PRODUCT} customers")
    add("--stages", nargs="+", choices=[*StageName], default=[*StageName], type=StageName)
    add(
        "--folder", type=Path, help="where the run is kept, to go on with it: some GB for a million customers"
    )
    add("--tasks", type=int, default=os.cpu_count() or 1, help="processes of each service but ingest")
    add("--changed", type=float, default=0.0, help="then, the same with so many of 100 reviews changed")
    add("--week", type=int, choices=[2], help="then, the file of a week later: who had an email gets none")
    add("--beside", type=Path, help="the JSON of a smaller run, with whose CPU time this one's is compared")
    add("--profile", action="store_true", help="also say which functions take the time; it takes more then")
    add("--json", type=Path, help="also write the figures to this file")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
