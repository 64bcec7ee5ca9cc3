"""An email is shown in a frame in which nothing runs, nothing is loaded and nothing leads anywhere."""

import asyncio
import socketserver
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP
from threading import Thread
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Page

from fondly.contracts import object_keys
from fondly.operations.environment import open_environment
from fondly.operations.target import Target, load_topology
from fondly.stack.provision import Resources
from tests.support.environments import REGION
from tests.support.runs import RUN
from tools.console.tests.finished_run import key_of, put_run, who

SNIPPETS = """
<script>top.hostile = 1; alert(1)</script>
<script src="EVIL/s.js"></script>
<script type="module">import "EVIL/m.js"</script>
<link rel="stylesheet" href="EVIL/l.css">
<link rel="preload" as="image" href="EVIL/preload.png">
<link rel="prefetch" href="EVIL/prefetch">
<link rel="preconnect" href="EVIL">
<link rel="icon" href="EVIL/icon.png">
<link rel="manifest" href="EVIL/manifest">
<link rel="modulepreload" href="EVIL/modulepreload.js">
<style>@import "EVIL/import.css"; @font-face { font-family: x; src: url(EVIL/f) } p { font-family: x }</style>
<style>body { background: url(EVIL/background.png); cursor: url(EVIL/cursor), auto }</style>
<p style="background-image: url(EVIL/inline.png)">text</p>
<img src="EVIL/img.png" onerror="top.hostile = 2">
<img src='EVIL/single.png'>
<img src=EVIL/bare.png>
<img srcset="EVIL/srcset.png 1x">
<picture><source srcset="EVIL/source.png"><img src="x"></picture>
<input type="image" src="EVIL/input.png">
<body background="EVIL/body.png" onload="top.hostile = 3">
<table background="EVIL/table.png"><td>cell</td></table>
<svg onload="top.hostile = 4"><image href="EVIL/svg.png"/><use href="EVIL/use.svg#x"/></svg>
<video src="EVIL/video" poster="EVIL/poster.png" autoplay></video>
<audio src="EVIL/audio" autoplay></audio>
<object data="EVIL/object"></object>
<embed src="EVIL/embed">
<iframe src="EVIL/iframe"></iframe>
<iframe srcdoc="<script>top.hostile = 5</script><img src='EVIL/srcdoc.png'>"></iframe>
<meta http-equiv="refresh" content="0; url=EVIL/refresh">
<base href="EVIL/">
<form id="f" action="EVIL/form"><button autofocus onfocus="form.submit()">go</button></form>
<details open ontoggle="top.hostile = 6">x</details>
<a id="link" href="EVIL/link">link</a>
<a id="blank" href="EVIL/blank" target="_blank">new</a>
<a id="top" href="EVIL/top" target="_top">top</a>
<a id="script" href="javascript:top.hostile = 7">script</a>
"""


@pytest.fixture
def evil() -> Iterator[tuple[str, list[object]]]:
    """A server of somebody else's, and every connection that was made to it."""
    connections: list[object] = []

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            connections.append(self.client_address)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", connections
        server.shutdown()


@pytest.fixture
def put(resources: Resources, evil: tuple[str, list[object]]) -> None:
    """A finished run with an email that has every snippet."""
    message = EmailMessage(policy=SMTP)
    message["Subject"] = "A lamp"
    message.set_content("text")
    message.add_alternative(f"<p>Hello</p>{SNIPPETS.replace('EVIL', evil[0])}", subtype="html")

    async def put() -> None:
        name = resources.tables["runs"].removesuffix("-runs")
        async with open_environment(Target(name, REGION), load_topology(None)) as environment:
            await put_run(environment)
            objects, key = await environment.objects(), object_keys.email(RUN, who(1))
            await objects.put(key, message.as_bytes(), content_type="message/rfc822")

    thread = Thread(target=lambda: asyncio.run(put()))  # a browser's loop runs in this one
    thread.start()
    thread.join()


@pytest.mark.usefixtures("put")
def test_a_hostile_email_does_nothing(page: Page, evil: tuple[str, list[object]]) -> None:
    """In its frame in each view, in the frame opened alone, and when its links and buttons are clicked."""
    done: list[str] = []
    page.on("dialog", lambda dialog: done.append(dialog.message))
    page.context.on("page", lambda opened: done.append(opened.url))
    page.on("requestfinished", lambda sent: done.append(sent.url) if evil[0] in sent.url else None)
    home, base = page.url, f"/runs/{RUN}/emails/{key_of(1)}"
    for view in ("light", "dark", "phone"):
        page.goto(urljoin(home, f"{base}?part=1&view={view}"), wait_until="networkidle")
        assert page.frame_locator("iframe.email").locator("p").first.inner_text() == "Hello"
    page.goto(urljoin(home, f"{base}/frame?part=1"), wait_until="networkidle")
    assert page.evaluate("[window.hostile, self.origin]") == [None, "null"]
    assert (done, evil[1]) == ([], [])
    for name in ("#link", "#blank", "#top", "#script", "#f button"):
        page.goto(urljoin(home, f"{base}?part=1"), wait_until="networkidle")
        page.frame_locator("iframe.email").locator(name).dispatch_event("click")
        page.wait_for_load_state("networkidle")
        assert page.url.startswith(urljoin(home, base))
    assert done == []
