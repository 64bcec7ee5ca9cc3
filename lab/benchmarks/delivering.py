"""How long the sender takes to deliver a run by SMTP to a mail server of this machine, each email once.

The emails are those of a finished demo (`--run out/run-0123456789abcdef`), or made by the mailer's own
functions. The run is stored as the mailer leaves it; what is timed begins when its end is announced and ends
when its delivery is done. The mail server (aiosmtpd) keeps every message and reads it as strictly as the
standard library can. Exits with 1 if that takes longer than the limit, or if any email arrived twice,
altered, or not at all.
"""

import argparse
import asyncio
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
from mailer import Mailer
from rich.console import Console
from rich.table import Table

from fondly.contracts import object_keys
from fondly.contracts.delivery import FinishedEmail
from fondly.mailer.domain.message import mime
from fondly.runtime.runs.delivery import DeliveryStatus
from fondly.stack.embedded import EmbeddedStack, embedded_stack
from fondly.stack.observer import Observer, observe
from fondly.stack.pictures.inline import without_pictures
from fondly.stack.processes import free_port
from harness.customers import recommendations, shop_products
from harness.processes import cpu_seconds
from tests.support.finished_runs import Finished, announce_finished, store_finished_run
from tests.support.mailbox.store import INDEX

EMAILS = 9_050
"""As the Kaggle file has customers."""
LIMIT_S = 180.0
PART_EMAILS = 140
PRODUCTS = 300
RUN_ID = "run-00000000000005e7"
DOMAIN = "customers.example.com"
POLL_S = 0.25
TIMEOUT_S = 3_600.0
_TO = re.compile(rb"^To: [^\r\n]*\r\n", re.MULTILINE)
_UNLIMITED = {"FONDLY_SENDER_PER_S": "10000"}


@dataclass(frozen=True)
class Delivered:
    """What came of it."""

    seconds: float
    sender_cpu_s: float
    server_cpu_s: float
    emulator_cpu_s: float
    faults: Sequence[str]


def main() -> int:
    """Store, deliver, check and print; return the exit code."""
    options = _options()
    emails = _of_demo(options.run) if options.run else asyncio.run(_made(options.emails))
    with TemporaryDirectory() as folder:
        delivered = _deliver(emails, Path(folder), options)
    _show(emails, delivered, options)
    for fault in delivered.faults:
        Console(stderr=True).print(fault, highlight=False)
    return int(bool(delivered.faults) or delivered.seconds > options.limit_s)


def _deliver(emails: Sequence[Finished], folder: Path, options: argparse.Namespace) -> Delivered:
    mailbox, port = folder / "mailbox", free_port()
    with embedded_stack(options.logs or folder / "logs", services=()) as stack:
        server = ["--folder", str(mailbox), "--port", str(port)]
        stack.processes.start("mailbox", ["-m", "tests.support.mailbox", *server], {})
        return asyncio.run(_timed(stack, emails, mailbox, _settings(port), options))


async def _timed(
    stack: EmbeddedStack,
    emails: Sequence[Finished],
    mailbox: Path,
    settings: Mapping[str, str],
    options: argparse.Namespace,
) -> Delivered:
    async with observe(stack.resources) as observer:
        await store_finished_run(observer, RUN_ID, emails, part_size=PART_EMAILS)
        for number in range(1, options.processes + 1):
            stack.processes.start(f"sender-{number}", ["-m", "fondly.sender"], settings)
        senders, servers = _processes("fondly.sender"), _processes("tests.support.mailbox")
        (emulator,) = _processes("fondly.stack.emulator")
        before_s, started = cpu_seconds(emulator), time.monotonic()
        await announce_finished(observer, RUN_ID, emails=len(emails))
        await _until_done(stack, observer)
        return Delivered(
            seconds=time.monotonic() - started,
            sender_cpu_s=sum(map(cpu_seconds, senders)),
            server_cpu_s=sum(map(cpu_seconds, servers)),
            emulator_cpu_s=cpu_seconds(emulator) - before_s,
            faults=list(_faults(emails, mailbox)),
        )


async def _until_done(stack: EmbeddedStack, observer: Observer) -> None:
    async with asyncio.timeout(TIMEOUT_S):
        while True:
            stack.check()
            delivery = await observer.delivery(RUN_ID)
            if delivery and delivery.status is DeliveryStatus.DONE:
                return
            await asyncio.sleep(POLL_S)


def _processes(module: str) -> list[psutil.Process]:
    return [each for each in psutil.Process().children() if module in each.cmdline()]


def _settings(port: int) -> dict[str, str]:
    return {
        "FONDLY_SENDER_TRANSPORT": "smtp",
        "FONDLY_SENDER_APPROVAL": "automatic",
        "FONDLY_SENDER_SMTP_PORT": str(port),
        "FONDLY_SENDER_SMTP_SECURITY": "none",
        **_UNLIMITED,
    }


def _faults(emails: Sequence[Finished], mailbox: Path) -> Iterator[str]:
    """Say what is wrong with what arrived."""
    received = [json.loads(line) for line in (mailbox / INDEX).read_text().splitlines()]
    times = Counter(each["customer_id"] for each in received)
    stored = {one.customer_id: one for one in emails}
    if missing := stored.keys() - times.keys():
        yield f"{len(missing):,} emails did not arrive"
    if again := [one for one, number in times.items() if number > 1]:
        yield f"{len(again):,} emails arrived more than once"
    if defects := [each["defect"] for each in received if each["defect"]]:
        yield f"{len(defects):,} messages have defects, such as {defects[0]}"
    altered = [each for each in received if not _is_as_stored(each, stored, mailbox)]
    if altered:
        yield f"{len(altered):,} messages are not as they were stored, or came to somebody else"


def _is_as_stored(received: Mapping[str, str], stored: Mapping[str, Finished], mailbox: Path) -> bool:
    one = stored.get(received["customer_id"])
    content = (mailbox / received["file"]).read_bytes()
    return one is not None and content == one.message and received["recipient"] == one.email.address


def _of_demo(folder: Path) -> list[Finished]:
    """The emails of a demo; where its file has no addresses, the customers get made-up ones."""
    paths = sorted((folder / "emails").glob("*.eml"))
    return [_addressed(path.stem, without_pictures(path.read_bytes())) for path in paths]


def _addressed(name: str, message: bytes) -> Finished:
    address = f"{name.lower()}@{DOMAIN}"
    to = f"To: {address}\r\n".encode()
    message = _TO.sub(lambda _: to, message, count=1)
    found = re.search(rb"^X-Customer-Id: ([^\r\n]+)\r\n", message, re.MULTILINE)
    customer_id = found[1].decode() if found else name
    return _finished(customer_id, address, message)


async def _made(number: int) -> list[Finished]:
    """Emails of made-up customers, by the mailer's own functions, with the copy that understudy writes."""
    mailer = Mailer()
    customers = list(recommendations(shop_products(PRODUCTS), customers=number))
    await mailer.have_answered(customers)
    return [
        _finished(envelope.customer_id, envelope.address or "", mime.message(envelope, text=text, html=html))
        async for envelope, text, html in mailer.part(customers)
    ]


def _finished(customer_id: str, address: str, message: bytes) -> Finished:
    key = object_keys.email(RUN_ID, customer_id)
    return Finished(FinishedEmail(customer_id=customer_id, key=key, address=address), message)


def _show(emails: Sequence[Finished], delivered: Delivered, options: argparse.Namespace) -> None:
    number = len(emails)
    mean_kib = sum(len(one.message) for one in emails) / number / 1_024
    table = Table(
        "",
        "",
        title=f"{number:,} emails of {mean_kib:.0f} KiB, {options.processes} senders",
        show_header=False,
    )
    table.add_row("seconds", f"{delivered.seconds:,.1f} (limit {options.limit_s:g})")
    table.add_row("emails a second", f"{number / delivered.seconds:,.0f}")
    table.add_row("CPU s of the senders", f"{delivered.sender_cpu_s:,.1f}")
    table.add_row("emails a CPU second of theirs", f"{number / delivered.sender_cpu_s:,.0f}")
    table.add_row("CPU s of the mail server", f"{delivered.server_cpu_s:,.1f}")
    table.add_row("CPU s of the emulator of AWS", f"{delivered.emulator_cpu_s:,.1f}")
    table.add_row("each once, as stored, strictly parsed", "no" if delivered.faults else "yes")
    Console().print(table)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--emails", type=int, default=EMAILS, help="to make, default %(default)s")
    parser.add_argument("--run", type=Path, help="the folder of a finished demo, whose emails are delivered")
    parser.add_argument("--processes", type=int, default=2, help="senders, default %(default)s")
    parser.add_argument("--limit-s", type=float, default=LIMIT_S, help="default %(default)s")
    parser.add_argument("--logs", type=Path, help="where to leave logs")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
