"""Serves the pictures over HTTP: `GET /pictures/<kind>-<colour>.png`."""

import time
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from fondly.operations.check.link_hosts import PORT
from fondly.stack.pictures.drawing import UnknownPictureError, picture

PATH = "/pictures/"
RETRY_S = 1.0
MAX_AGE_S = 86_400


class PictureRequest(BaseHTTPRequestHandler):
    """One request; the server keeps no state, so every stack on a machine can answer for all."""

    timeout = 30

    def do_GET(self) -> None:
        """Answer with the picture, or with 404."""
        if drawn := self._head():
            self.wfile.write(drawn)

    def do_HEAD(self) -> None:
        """Answer as to a GET, without the picture: checkers of links ask so."""
        self._head()

    def _head(self) -> bytes:
        try:
            drawn = picture(self.path.partition("?")[0].removeprefix(PATH))
        except UnknownPictureError:
            self.send_error(HTTPStatus.NOT_FOUND)
            return b""
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "image/png")
        self.send_header("Content-Length", str(len(drawn)))
        self.send_header("Cache-Control", f"max-age={MAX_AGE_S}")
        self.end_headers()
        return drawn

    def log_message(self, *_: object) -> None:
        """Log nothing: a picture that is missing is seen."""


def serve(host: str = "127.0.0.1", port: int = PORT) -> None:
    """Serve until the process is stopped; wait for the port while another stack serves the same pictures."""
    while True:
        with suppress(OSError), ThreadingHTTPServer((host, port), PictureRequest) as server:
            server.serve_forever()
        time.sleep(RETRY_S)
