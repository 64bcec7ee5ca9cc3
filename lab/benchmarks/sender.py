"""How many emails a CPU second the sender hands over, and whether it keeps to a rate.

Beside it is a bare loop that reads the same messages from the same S3 and sends them with aiosmtplib, or by
SES's `SendEmail`, and keeps no account of them. The sender reserves each email in a transaction, records what
came of it, looks up suppressions and contacts, checks each message, and announces it.
Exits with 1 when it hands over fewer emails a CPU second than the limit, as a share of the bare loop's, or
when a rate of 14 emails a second is missed by more than 5 %.
"""

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
from rich.console import Console
from rich.table import Table

from fondly.operations.local_stack import exported
from fondly.runtime.runs.delivery import DeliveryStatus
from fondly.sender.settings import TransportKind
from fondly.stack.embedded import EmbeddedStack, embedded_stack
from fondly.stack.observer import Observer, observe
from fondly.stack.processes import free_port
from harness.processes import cpu_seconds, until_quiet
from tests.support.finished_runs import Finished, announce_finished, finished_email, store_finished_run
from tests.support.mailbox.store import INDEX

MIN_OF_BARE = 0.8
RATE_PER_S, RATE_TOLERANCE = 14.0, 0.05
PART_EMAILS = 140
PARAGRAPH = (
    "Put it beside your kettle: a set of four cups in stoneware, glazed by hand, ₹1,099 (was ₹1,299, 15 % "
    "off), rated 4.3 out of 5 by 20,053 customers. https://shop.example.com/p/B01GGKYKQM?utm_source=fondly"
)
PARAGRAPHS = 42
"""Make a message of 22 KiB, as long as those of a real shop."""
SETTINGS = {
    "FONDLY_SENDER_APPROVAL": "automatic",
    "FONDLY_SENDER_SMTP_SECURITY": "none",
}
SES = {
    "UNDERSTUDY_SES_PRODUCTION": "true",
    "UNDERSTUDY_SES_EMAILS_PER_DAY": "-1",
    "UNDERSTUDY_SES_EMAILS_PER_S": "100000",
}
POLL_S, TIMEOUT_S = 0.25, 900.0


@dataclass(frozen=True)
class Measured:
    """CPU seconds for the same emails."""

    ours_s: float
    bare_s: float

    @property
    def of_bare(self) -> float:
        """Our emails a CPU second, as a share of the bare loop's."""
        return self.bare_s / self.ours_s


Found = dict[TransportKind, list[Measured]]
Rates = dict[TransportKind, float]


class World:
    """A stack without services, a mail server, and senders that are started for each measurement."""

    def __init__(self, stack: EmbeddedStack, observer: Observer, mailbox: Path) -> None:
        self._stack, self._observer, self._mailbox = stack, observer, mailbox
        self._port = free_port()
        self._runs = 0

    def start_mail_server(self) -> None:
        """Start the mail server, for all measurements."""
        arguments = ["-m", "tests.support.mailbox", "--folder", str(self._mailbox), "--port", str(self._port)]
        self._stack.processes.start("mailbox", arguments, {})

    async def measure(self, kind: TransportKind, emails: int) -> Measured:
        """Deliver a run by the sender, then another by the bare loop."""
        run_id, _ = await self._store(emails)
        ours_s = await self._by_sender(run_id, emails, kind, {"FONDLY_SENDER_PER_S": "10000"})
        run_id, parts = await self._store(emails)
        return Measured(ours_s, self._by_loop(run_id, parts, kind))

    async def rate(self, kind: TransportKind, emails: int, settings: Mapping[str, str]) -> float:
        """Deliver a run at a rate; return how many emails a second went out."""
        run_id, _ = await self._store(emails)
        before = len(self._received())
        watching = asyncio.create_task(self._watch_ses(emails)) if kind is TransportKind.SES else None
        await self._by_sender(run_id, emails, kind, settings)
        times = await watching if watching else self._received()[before:]
        return (len(times) - 1) / (times[-1] - times[0])

    async def _store(self, emails: int) -> tuple[str, int]:
        self._runs += 1
        run_id = f"run-{self._runs:016x}"
        made = list(_emails(run_id, emails))
        return run_id, await store_finished_run(self._observer, run_id, made, part_size=PART_EMAILS)

    async def _by_sender(
        self, run_id: str, emails: int, kind: TransportKind, settings: Mapping[str, str]
    ) -> float:
        """Return the CPU seconds of the service from the announcement of a run to the end of its delivery."""
        environment = {**SETTINGS, **self._smtp, "FONDLY_SENDER_TRANSPORT": kind, **settings}
        self._stack.processes.start("sender", ["-m", "fondly.sender"], environment)
        process = next(each for each in psutil.Process().children() if "fondly.sender" in each.cmdline())
        await until_quiet(process)
        before = cpu_seconds(process)
        await announce_finished(self._observer, run_id, emails=emails)
        async with asyncio.timeout(TIMEOUT_S):
            while not await self._is_done(run_id):
                self._stack.check()
                await asyncio.sleep(POLL_S)
        taken = cpu_seconds(process) - before
        self._stack.processes.end("sender")  # one that is killed keeps its share of the rate for ten seconds
        return taken

    def _by_loop(self, run_id: str, parts: int, kind: TransportKind) -> float:
        bucket = self._stack.resources.buckets["data"]
        command = [sys.executable, "-m", "harness.bare_sending", kind, bucket, run_id, str(parts)]
        with exported({**self._smtp, "PYTHONPATH": str(Path(__file__).parent)}):
            done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our own module
        return float(done.stdout)

    @property
    def _smtp(self) -> dict[str, str]:
        return {"FONDLY_SENDER_SMTP_PORT": str(self._port)}

    async def _is_done(self, run_id: str) -> bool:
        delivery = await self._observer.delivery(run_id)
        return delivery is not None and delivery.status is DeliveryStatus.DONE

    def _received(self) -> list[float]:
        """When each message was received, in Unix seconds."""
        index = self._mailbox / INDEX
        lines = index.read_text().splitlines() if index.exists() else []
        return [_seconds(json.loads(line)["received_at"]) for line in lines]

    async def _watch_ses(self, emails: int) -> list[float]:
        """Note when each email was accepted, to a tenth of a second."""
        url = self._stack.variables["AWS_ENDPOINT_URL_SESV2"] + "/_understudy/usage"
        first = await asyncio.to_thread(_accepted, url)
        times: list[float] = []
        while len(times) < emails:
            new = await asyncio.to_thread(_accepted, url) - first - len(times)
            times += [time.time()] * new
            await asyncio.sleep(0.05)
        return times


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def _accepted(url: str) -> int:
    with urllib.request.urlopen(url) as reply:  # noqa: S310 - our own loopback address
        return int(json.load(reply).get("SendEmail", {}).get("accepted", 0))


def _emails(run_id: str, number: int) -> Iterator[Finished]:
    body = "\r\n".join([PARAGRAPH] * PARAGRAPHS)
    for each in range(1, number + 1):
        customer_id = f"{run_id[-4:]}C{each:06}"
        address = f"{customer_id.lower()}@customers.example.com"
        yield finished_email(run_id, customer_id, address=address, body=body)


async def _measure(world: World, options: argparse.Namespace) -> tuple[Found, Rates]:
    kinds = (TransportKind.SMTP, TransportKind.SES)
    found: Found = {kind: [] for kind in kinds}
    for _ in range(options.rounds):
        for kind in kinds:
            found[kind].append(await world.measure(kind, options.emails))
    rates = {
        kind: await world.rate(kind, options.rate_emails, {"FONDLY_SENDER_PER_S": str(RATE_PER_S)})
        for kind in kinds
        if options.rate_emails
    }
    return found, rates


async def _run(folder: Path, options: argparse.Namespace) -> tuple[Found, Rates]:
    with exported(SES), embedded_stack(options.logs or folder / "logs", services=()) as stack:
        async with observe(stack.resources) as observer:
            world = World(stack, observer, folder / "received")
            world.start_mail_server()
            return await _measure(world, options)


def main() -> int:
    """Measure, print the tables and return the exit code."""
    options = _options()
    with TemporaryDirectory() as folder:
        found, rates = asyncio.run(_run(Path(folder), options))
    Console().print(_table(found, options))
    for kind, per_s in rates.items():
        Console().print(f"{kind} at {RATE_PER_S:g} emails a second: {per_s:.2f}", highlight=False)
    slow = [kind for kind, each in found.items() if _share(each) < options.limit]
    off = [kind for kind, per_s in rates.items() if abs(per_s / RATE_PER_S - 1) > RATE_TOLERANCE]
    return int(bool(slow or off))


def _share(measured: Sequence[Measured]) -> float:
    return statistics.median(each.of_bare for each in measured)


def _table(found: Found, options: argparse.Namespace) -> Table:
    table = Table(title=f"{options.emails:,} emails of {_kib():.0f} KiB, medians of {options.rounds}")
    for heading in ("", "emails a CPU second", "bare loop", "share"):
        table.add_column(heading, justify="left" if not heading else "right")
    for kind, each in found.items():
        ours, bare = (
            options.emails / statistics.median(seconds)
            for seconds in ([one.ours_s for one in each], [one.bare_s for one in each])
        )
        table.add_row(kind, f"{ours:,.0f}", f"{bare:,.0f}", f"{_share(each):.2f} (limit {options.limit:g})")
    return table


def _kib() -> float:
    return len(next(_emails("run-0000000000000000", 1)).message) / 1_024


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--emails", type=int, default=1_400, help="of each delivery, default %(default)s")
    parser.add_argument("--rounds", type=int, default=3, help="default %(default)s")
    parser.add_argument(
        "--rate-emails", type=int, default=420, help="0 measures no rate, default %(default)s"
    )
    parser.add_argument("--limit", type=float, default=MIN_OF_BARE, help="default %(default)s")
    parser.add_argument("--logs", type=Path, help="where to leave logs")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
