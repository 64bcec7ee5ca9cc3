"""Serves the pictures over HTTP: `GET /pictures/<kind>-<colour>.png`."""

import time
from contextlib import suppress
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

from fondly.operations.check.link_hosts import PORT
from fondly.stack.pictures.addresses import PUBLIC

RETRY_S = 1.0


class PictureRequest(SimpleHTTPRequestHandler):
    """One request; the server keeps no state, so every stack on a machine can answer for all."""

    timeout = 30

    def __init__(self, *connection: object) -> None:
        super().__init__(*connection, directory=str(PUBLIC))  # type: ignore[arg-type] # what the server passes

    def list_directory(self, path: object) -> None:
        """Answer as if there were no folder."""
        del path
        self.send_error(HTTPStatus.NOT_FOUND)

    def log_message(self, *_: object) -> None:
        """Log nothing: a picture that is missing is seen."""


def serve(host: str = "127.0.0.1", port: int = PORT) -> None:
    """Serve until the process is stopped; wait for the port while another stack serves the same pictures."""
    while True:
        with suppress(OSError), ThreadingHTTPServer((host, port), PictureRequest) as server:
            server.serve_forever()
        time.sleep(RETRY_S)
