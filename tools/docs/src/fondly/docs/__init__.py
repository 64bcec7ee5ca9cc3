"""The documentation site, as `make docs` has built it, and a server that shows it on this machine alone."""

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

SITES = (Path(__file__).with_name("site"), Path(__file__).parents[5] / "out/site")
"""In a wheel, and in a checkout."""


class SiteRequest(SimpleHTTPRequestHandler):
    """One request for a file of the site."""

    timeout = 30

    def log_message(self, *_: object) -> None:
        """Log nothing: a page that is missing is seen."""


def server(port: int) -> ThreadingHTTPServer | None:
    """Return a server of the site on loopback, 0 being any free port; None if there is no site."""
    site = next((each for each in SITES if (each / "index.html").is_file()), None)
    handler = partial(SiteRequest, directory=str(site))
    return ThreadingHTTPServer(("127.0.0.1", port), handler) if site else None
