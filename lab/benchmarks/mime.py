"""What a MIME message costs: built directly by the mailer, and by the standard library's `EmailMessage`.

The message has the size of a typical email of ours: 20 KB of HTML and 2 KB of text, not all ASCII.
"""

import argparse
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from rich.console import Console
from rich.table import Table

from fondly.mailer.domain.message.mime import Envelope, Sender, message

ROUNDS = 5
ROW = (
    '<td class="line" style="padding:0 0 6px 0;font-size:15px;line-height:23px;color:#42505c">₹1,099: {}</td>'
)
HTML = "\n".join(ROW.format(f"Northlane cable {number}") for number in range(160))
TEXT = "".join(f"{number}. Northlane cable, ₹1,099, 4.2 out of 5\n" for number in range(45))
ENVELOPE = Envelope(
    sender=Sender("Fondly Shop", "hello@shop.example"),
    run_id="5f0c2a91d3b7e846",
    customer_id="AG3D6O4STAQKAY2UVGEUV46KN35Q",
    address="ananya@example.org",
    subject="Ananya, picked for you: Northlane Nylon Braided USB Type-C Cable",
    copy_source="ai",
    unsubscribe_uris=(
        f"https://shop.example/v1/unsubscribe?t={'Y3VzdG9tZXI' * 8}",
        "mailto:hello@shop.example?subject=unsubscribe",
    ),
    date=datetime(2026, 11, 24, 10, 30, tzinfo=UTC),
)


def direct() -> bytes:
    """Build the message as the mailer does."""
    return message(ENVELOPE, text=TEXT, html=HTML)


def library(cte: str) -> bytes:
    """Build it with `EmailMessage`, with bodies in the given transfer encoding."""
    email = EmailMessage(policy=SMTP)
    email["From"] = f"{ENVELOPE.sender.name} <{ENVELOPE.sender.address}>"
    email["To"] = ENVELOPE.address
    email["Subject"] = ENVELOPE.subject
    email["Date"] = format_datetime(ENVELOPE.date)
    email["Message-ID"] = "<5f0c2a91d3b7e846@shop.example>"
    email["List-Unsubscribe"] = ", ".join(f"<{uri}>" for uri in ENVELOPE.unsubscribe_uris)
    email["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    email["X-Customer-Id"] = ENVELOPE.customer_id
    email["X-Fondly-Run"] = ENVELOPE.run_id
    email["X-Fondly-Copy"] = ENVELOPE.copy_source
    email.set_content(TEXT, cte=cte)
    email.add_alternative(HTML, subtype="html", cte=cte)
    return email.as_bytes()


CASES: dict[str, Callable[[], bytes]] = {
    "built directly, quoted-printable": direct,
    "EmailMessage, quoted-printable": lambda: library("quoted-printable"),
    "EmailMessage, base64": lambda: library("base64"),
}


def main() -> None:
    """Measure each case, take the best of some rounds, and print them with their ratios to ours."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=300)
    messages: int = parser.parse_args().messages
    best = dict.fromkeys(CASES, float("inf"))
    for _ in range(ROUNDS):
        best = {name: min(best[name], cpu_s(build, messages)) for name, build in CASES.items()}
    table = Table("", "CPU µs per message", "of ours", "bytes", title=f"best of {ROUNDS} times {messages:,}")
    ours = best["built directly, quoted-printable"]
    for name, build in CASES.items():
        table.add_row(
            name, f"{best[name] / messages * 1e6:,.0f}", f"{best[name] / ours:.1f}", f"{len(build()):,}"
        )
    Console().print(table)
    print_field("built directly", direct())
    print_field("EmailMessage", library("quoted-printable"))


def print_field(name: str, raw: bytes) -> None:
    """Print the start of List-Unsubscribe as it is on the wire: RFC 2369 wants a URI in angle brackets."""
    field = raw[raw.index(b"List-Unsubscribe:") :][:88].decode()
    Console().print(f"{name}: {field!r}…", highlight=False, markup=False, soft_wrap=True)


def cpu_s(build: Callable[[], bytes], messages: int) -> float:
    """Return the CPU seconds of building so many messages."""
    started = time.process_time()
    for _ in range(messages):
        build()
    return time.process_time() - started


if __name__ == "__main__":
    main()
