"""The built site, and a browser with it; `make test-docs` builds it first."""

from collections.abc import Iterator
from threading import Thread

import pytest

from fondly.docs import SITES, server
from tests.support import browsers

axe, browser = browsers.axe, browsers.browser


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """Where `fondly docs` would serve the site."""
    if not (SITES[1] / "index.html").exists():
        browsers.missing("the site is not built: `make docs`")
    opened = server(0)
    assert opened
    thread = Thread(target=opened.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{opened.server_port}/"
    opened.shutdown()
    opened.server_close()
    thread.join()
