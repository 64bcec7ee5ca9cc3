"""`python -m fondly.checks.emails`: check finished emails.

Exits with 1 if anything is wrong, with 2 if a tool is missing or fails, or no emails could be made.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from fondly.checks.emails.checks import check
from fondly.checks.emails.content import Hosts
from fondly.checks.emails.message import Email, read_emails
from fondly.checks.emails.report import show
from fondly.checks.emails.variants import Variant, demo_emails, variants
from fondly.checks.programs import BROWSERS, ToolError, npm_file, program
from fondly.operations.check.link_hosts import HOST
from fondly.stack.demo import DemoFailedError
from fondly.stack.processes import ProcessDiedError, StackNotReadyError

LINK_HOSTS = ("shop.example.com",)
PICTURE_HOSTS = (HOST,)
WRONG, UNUSABLE = 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the exit code."""
    options = _parser().parse_args(arguments)
    console = Console()
    try:
        _require_tools()
        with TemporaryDirectory(prefix="check-emails-") as work:
            emails = list(_emails(options, Path(work), console))
        if not emails:
            console.print(f"no emails: {options.emails} has no .eml files", markup=False)
            return UNUSABLE
        hosts = Hosts(links=[*LINK_HOSTS, *options.hosts], pictures=[*PICTURE_HOSTS, *options.hosts])
        results = list(check(emails, hosts, exact=not (options.emails or options.data)))
    except (ToolError, DemoFailedError, ProcessDiedError, StackNotReadyError) as error:
        console.print(str(error), markup=False, soft_wrap=True)
        return UNUSABLE
    show(results, console)
    return WRONG if any(result.findings for result in results) else 0


def _emails(options: argparse.Namespace, work: Path, console: Console) -> Iterator[Email]:
    """Emails of the folder, of one run of the file, or of a run for every variant."""
    if options.emails:
        yield from read_emails(options.emails)
        return
    chosen: list[Variant] = variants()[:1] if options.data else variants()
    for number, variant in enumerate(chosen):
        console.print(f"emails of {variant}", style="dim")
        yield from demo_emails(variant, options.data, work / str(number))


def _require_tools() -> None:
    """Raise `ToolError` before anything takes time."""
    for names in (("spamassassin",), ("java",), ("node",), BROWSERS):
        program(*names)
    for package in ("axe-core", "caniemail", "vnu-jar"):
        npm_file(f"{package}/package.json")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make check-emails", description="Check finished emails.")
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--data", type=Path, help="run this file; by default a small made-up shop")
    source.add_argument("--emails", type=Path, help="check the .eml files of this folder")
    parser.add_argument(
        "--hosts", nargs="*", default=[], help="hosts of links and pictures besides the sample's"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
