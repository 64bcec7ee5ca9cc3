"""What emails take that the sender hands over, and whether it keeps to a rate.

Beside it is a bare loop that reads the same messages from the same S3 and sends them with aiosmtplib, or by
SES's `SendEmail`, and keeps no account of them. The sender reserves each email in a transaction, records what
came of it, looks up suppressions and contacts, checks each message, and announces it.
By itself it measures a rate of 14 emails a second, and exits with 1 if that is missed by more than 5 %.
"""

import asyncio
import atexit
import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
from rich.console import Console

from fondly.operations.local_stack import exported
from fondly.runtime.runs.delivery import DeliveryStatus
from fondly.sender.settings import TransportKind
from fondly.stack.embedded import EmbeddedStack, embedded_stack
from fondly.stack.observer import observe
from fondly.stack.processes import free_port
from harness.contender import Found, Work
from harness.processes import cpu_seconds, until_quiet
from tests.support.finished_runs import Finished, announce_finished, finished_email, store_finished_run
from tests.support.mailbox.store import INDEX

EMAILS, RATE_PER_S, RATE_TOLERANCE = 420, 14.0, 0.05
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


class World:
    """A stack without services, a mail server, and senders that are started for each measurement."""

    def __init__(self, stack: EmbeddedStack, mailbox: Path) -> None:
        self._stack, self._mailbox = stack, mailbox
        self._port = free_port()
        self._runs = 0

    def start_mail_server(self) -> None:
        """Start the mail server, for all measurements."""
        arguments = ["-m", "tests.support.mailbox", "--folder", str(self._mailbox), "--port", str(self._port)]
        self._stack.processes.start("mailbox", arguments, {})

    async def measure(self, kind: TransportKind, emails: int) -> Found:
        """Deliver a run by the sender, then another by the bare loop."""
        run_id, _ = await self._store(emails)
        ours_s = await self._by_sender(run_id, emails, kind, {"FONDLY_SENDER_PER_S": "10000"})
        run_id, parts = await self._store(emails)
        return {"units": emails, "cpu_s": ours_s, "beside": {"bare loop": self._by_loop(run_id, parts, kind)}}

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
        async with observe(self._stack.resources) as observer:
            return run_id, await store_finished_run(observer, run_id, made, part_size=PART_EMAILS)

    async def _by_sender(
        self, run_id: str, emails: int, kind: TransportKind, settings: Mapping[str, str]
    ) -> float:
        """Return the CPU seconds of the service from the announcement of a run to the end of its delivery."""
        environment = {**SETTINGS, **self._smtp, "FONDLY_SENDER_TRANSPORT": kind, **settings}
        self._stack.processes.start("sender", ["-m", "fondly.sender"], environment)
        process = next(each for each in psutil.Process().children() if "fondly.sender" in each.cmdline())
        await until_quiet(process)
        before = cpu_seconds(process)
        async with observe(self._stack.resources) as observer, asyncio.timeout(TIMEOUT_S):
            await announce_finished(observer, run_id, emails=emails)
            while not (
                (delivery := await observer.delivery(run_id)) and delivery.status is DeliveryStatus.DONE
            ):
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


def prepare(by: str, emails: str) -> Work:
    """Return a round of so many emails by SMTP or SES, with the bare loop beside it."""
    kind, kept = TransportKind(by), ExitStack()
    folder = Path(kept.enter_context(TemporaryDirectory()))
    kept.enter_context(exported(SES))
    stack = kept.enter_context(embedded_stack(folder / "logs", services=()))
    atexit.register(kept.close)
    world = World(stack, folder / "received")
    world.start_mail_server()
    return lambda: asyncio.run(world.measure(kind, int(emails)))


async def _rates(folder: Path, emails: int) -> dict[TransportKind, float]:
    with exported(SES), embedded_stack(folder / "logs", services=()) as stack:
        world = World(stack, folder / "received")
        world.start_mail_server()
        setting = {"FONDLY_SENDER_PER_S": str(RATE_PER_S)}
        return {
            kind: await world.rate(kind, emails, setting) for kind in (TransportKind.SMTP, TransportKind.SES)
        }


def main() -> int:
    """Measure and print the rates, and return the exit code."""
    with TemporaryDirectory() as folder:
        rates = asyncio.run(_rates(Path(folder), EMAILS))
    for kind, per_s in rates.items():
        Console().print(f"{kind} at {RATE_PER_S:g} emails a second: {per_s:.2f}", highlight=False)
    return int(any(abs(per_s / RATE_PER_S - 1) > RATE_TOLERANCE for per_s in rates.values()))


if __name__ == "__main__":
    sys.exit(main())
