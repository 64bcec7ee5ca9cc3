"""A console on an environment in a moto server: asked without a network, or served for a browser."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlencode

import pytest
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message

from fondly.console.app import Console, console_app
from fondly.console.roles import Person, Role
from fondly.operations.environment import Environment, open_environment
from fondly.operations.target import Target, load_topology
from fondly.stack.provision import Resources
from tests.support.acting_roles import ASKED, checked_against_roles
from tests.support.environments import REGION

HOST = "127.0.0.1:8080"


@dataclass
class Asked:
    """An answer of the console."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    @property
    def main(self) -> str:
        """What a page shows, without its head and its scripts."""
        return self.text.partition("<main")[2].partition("</main>")[0]


@dataclass
class Asking:
    """Asks an application as somebody with some roles."""

    app: ASGIApp
    environment: Environment
    console: Console
    person: Person | None

    def as_(self, *roles: Role, name: str = "Ann") -> "Asking":
        """Ask as somebody else; without roles, as nobody."""
        self.person = Person.of(name, roles) if roles else None
        return self

    async def get(self, path: str, headers: Mapping[str, str] | None = None) -> Asked:
        """Open a page."""
        return await self.ask("GET", path, b"", headers)

    async def post(
        self, path: str, fields: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> Asked:
        """Send a form of a page of ours."""
        own = {"content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin"}
        return await self.ask("POST", path, urlencode(fields or {}).encode(), own | dict(headers or {}))

    async def ended(self, job: str) -> None:
        """Wait for the end of a job."""
        task = self.console.watching.jobs[job].task
        assert task is not None
        await task

    async def upload(self, files: Mapping[str, bytes], headers: Mapping[str, str] | None = None) -> Asked:
        """Send files as a browser sends those of a form."""
        parts = [
            b'--edge\r\nContent-Disposition: form-data; name="files"; filename="%s"\r\n\r\n%s\r\n'
            % (name.encode().replace(b'"', b"%22"), body)
            for name, body in files.items()
        ]
        own = {"content-type": "multipart/form-data; boundary=edge", "sec-fetch-site": "same-origin"}
        body = b"".join([*parts, b"--edge--\r\n"])
        return await self.ask("POST", "/uploads", body, own | dict(headers or {}))

    async def event(self, path: str) -> Asked:
        """Follow what happens until something is told."""
        return await self.ask("GET", path, until=b"\n\n")

    async def ask(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        *,
        until: bytes = b"",
    ) -> Asked:
        """Send a request; leave once the answer has `until`, if that is not empty."""
        asked, sent = Asked(), False
        place, _, query = path.partition("?")
        own = {"host": HOST, **(headers or {})}
        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": place,
            "raw_path": place.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(name.lower().encode(), value.encode()) for name, value in own.items()],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 8080),
        }

        async def receive() -> Message:
            nonlocal sent
            if sent:
                await asyncio.Event().wait()
            sent = True
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                asked.status = message["status"]
                asked.headers = {name.decode(): value.decode() for name, value in message["headers"]}
            else:
                asked.body += message.get("body", b"")
                if until and until in asked.body:
                    task.cancel()

        async def answer() -> None:  # in a task, as a server has one for each request
            ASKED.set(True)
            await self.app(scope, receive, send)

        task = asyncio.create_task(answer())
        with suppress(asyncio.CancelledError):
            await task
        return asked


@pytest.fixture
async def environment(resources: Resources) -> AsyncIterator[Environment]:
    """The environment that holds `resources`."""
    name = resources.tables["runs"].removesuffix("-runs")
    opening = open_environment(Target(name, REGION), load_topology(None))
    async with opening as opened, checked_against_roles(opened):
        yield opened


@pytest.fixture
def console(environment: Environment) -> Asking:
    """The console, asked by somebody with every role."""

    async def identify(_: HTTPConnection) -> Person | None:
        return asking.person

    made = Console(environment, identify, hosts=frozenset({HOST}))
    asking = Asking(console_app(made), environment, made, Person.of("Ann", list(Role)))
    return asking
