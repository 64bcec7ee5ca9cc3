"""What emails take that the sender hands over, and whether it keeps to a rate.

Beside it is a bare loop that reads the same messages from the same S3 and sends them with aiosmtplib, or by
SES's `SendEmail`, and keeps no account of them. The sender reserves each email in a transaction, records what
came of it, looks up suppressions and contacts, checks each message, and announces it.
By itself it measures a rate of 14 emails a second by SMTP, as what keeps it knows no transport, and exits
with 1 if that is missed by more than 5 %.
"""

import asyncio
import atexit
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from fondly.operations.local_stack import exported
from fondly.runtime.runs.delivery import DeliveryStatus
from fondly.sender.settings import TransportKind
from fondly.stack.embedded import EmbeddedStack, embedded_stack
from fondly.stack.observer import observe
from fondly.stack.processes import free_port
from harness.contender import Found, Work
from harness.processes import child, cpu_seconds, idle
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

    async def rate(self, emails: int, settings: Mapping[str, str]) -> float:
        """Deliver a run at a rate; return how many emails a second were received."""
        run_id, _ = await self._store(emails)
        await self._by_sender(run_id, emails, TransportKind.SMTP, settings)
        lines = (self._mailbox / INDEX).read_text().splitlines()
        times = [datetime.fromisoformat(json.loads(line)["received_at"]).timestamp() for line in lines]
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
        process = await asyncio.to_thread(idle, child("fondly.sender"))
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


def main() -> int:
    """Measure and print the rate, and return the exit code."""
    with TemporaryDirectory() as folder, embedded_stack(Path(folder) / "logs", services=()) as stack:
        world = World(stack, Path(folder) / "received")
        world.start_mail_server()
        per_s = asyncio.run(world.rate(EMAILS, {"FONDLY_SENDER_PER_S": str(RATE_PER_S)}))
    Console().print(f"at {RATE_PER_S:g} emails a second: {per_s:.2f}", highlight=False)
    return int(abs(per_s / RATE_PER_S - 1) > RATE_TOLERANCE)


if __name__ == "__main__":
    sys.exit(main())
