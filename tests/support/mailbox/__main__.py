"""Receives emails until SIGTERM or SIGINT: `python -m tests.support.mailbox --folder out/mailbox`."""

import argparse
import signal
import threading
from pathlib import Path

from tests.support.mailbox.faults import Fault, Faults
from tests.support.mailbox.server import MailboxServer
from tests.support.mailbox.store import Mailbox

SMTP_PORT = 1025


def main() -> None:
    """Serve on the loopback address."""
    chosen = _arguments()
    faults = Faults(seed=chosen.seed, slow_s=chosen.slow_s, **{each: getattr(chosen, each) for each in Fault})
    mailbox = Mailbox(chosen.folder)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with MailboxServer(mailbox, faults=faults, port=chosen.port):
        stop.wait()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.support.mailbox", description=__doc__)
    parser.add_argument("--port", type=int, default=SMTP_PORT, help="default %(default)s")
    parser.add_argument("--folder", type=Path, help="where to keep messages; else in memory")
    parser.add_argument("--seed", type=int, default=0, help="of the faults")
    parser.add_argument("--slow-s", type=float, default=0.0, help="seconds that each message takes")
    for fault in Fault:
        flag = f"--{fault.replace('_', '-')}"
        parser.add_argument(flag, type=float, default=0.0, metavar="SHARE", help="of the deliveries")
    return parser.parse_args()


if __name__ == "__main__":
    main()
