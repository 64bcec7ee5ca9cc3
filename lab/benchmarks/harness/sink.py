"""A mail server that only notes whom each email was for: `python -m harness.sink FILE`; prints its port."""

import signal
import sys
import threading
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from fondly.stack.processes import free_port


class _Sink:
    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="utf-8", buffering=1)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        del server, session
        self._file.write("".join(f"{each}\n" for each in envelope.rcpt_tos))
        return "250 2.0.0 Ok"


def main() -> None:
    """Receive on the loopback address until SIGTERM."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    server = Controller(_Sink(Path(sys.argv[1])), hostname="127.0.0.1", port=free_port())
    server.start()
    sys.stdout.write(f"{server.port}\n")
    sys.stdout.flush()
    stop.wait()
    server.stop()


if __name__ == "__main__":
    main()
