"""Shows what was delivered over HTTP: `GET /messages` as JSON, `GET /messages/<number>` as text."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from fondly.stack.mailbox.store import Mailbox, Received

LIST = "/messages"
FILTERS = {"to": "recipient", "run": "run_id", "customer": "customer_id"}
"""Parameters of the list, and what they select by."""


class MailboxRequest(BaseHTTPRequestHandler):
    """One request."""

    timeout = 30

    def __init__(self, mailbox: Mailbox, *connection: object) -> None:
        self._mailbox = mailbox
        super().__init__(*connection)  # type: ignore[arg-type] # what the server passes

    def do_GET(self) -> None:
        """Answer with the list, with one message, or with 404."""
        url = urlsplit(self.path)
        if url.path == LIST:
            wanted = {
                FILTERS[name]: values[0] for name, values in parse_qs(url.query).items() if name in FILTERS
            }
            found = [asdict(each) for each in self._mailbox.messages if _is_like(each, wanted)]
            self._answer("application/json", json.dumps(found).encode())
            return
        try:
            content = self._mailbox.content(int(url.path.removeprefix(f"{LIST}/")))
        except (KeyError, ValueError):
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        self._answer("text/plain; charset=utf-8", content)

    def log_message(self, *_: object) -> None:
        """Log nothing: addresses stand in requests."""

    def _answer(self, kind: str, body: bytes) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        self.wfile.write(body)


def _is_like(received: Received, wanted: dict[str, str]) -> bool:
    return all(getattr(received, name) == value for name, value in wanted.items())


@contextmanager
def serving(mailbox: Mailbox, port: int = 0) -> Iterator[int]:
    """Serve a mailbox on the loopback address meanwhile; yield the port."""
    with ThreadingHTTPServer(("127.0.0.1", port), partial(MailboxRequest, mailbox)) as server:
        thread = threading.Thread(target=server.serve_forever, name="mailbox-web", daemon=True)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()
