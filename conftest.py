"""Fixtures of all packages' tests: an isolated environment, an emulator, provisioned resources."""

import gc
import logging
import os
import threading
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import AsyncExitStack
from functools import cache
from typing import Any

import _pytest.main
import botocore.session
import moto.core.responses
import pytest
from aiobotocore.session import get_session
from botocore.hooks import EventAliaser
from hypothesis import HealthCheck, settings
from moto.dynamodb.responses import DynamoHandler
from moto.moto_server.werkzeug_app import DomainDispatcherApplication
from moto.server import ThreadedMotoServer

import understudy  # noqa: F401 - pytest would take the folder of this name for the package
from fondly.runtime.aws import CONFIG
from fondly.stack.provision import Resources
from tests.support.environments import REGION, new_environment
from tests.support.stores import Clients, Emulated

# Every request of a test, and of the processes that it starts, has the shape that AWS's own models describe.
CHECKED = {"FONDLY_VALIDATE_REQUESTS": "true"}
os.environ |= CHECKED
# Sessions share the descriptions of services that one of them has read, and what names of events stand for;
# the emulator finds the service of a host and the methods of a class once, which else takes half of its time;
# and each `--ignore` is made an absolute path once, not for each file that is looked at.
for owner, name in (
    (_pytest.main, "absolutepath"),
    (botocore.session, "create_loader"),
    (DomainDispatcherApplication, "get_backend_for_host"),
    (moto.core.responses, "method_names_from_class"),
):
    setattr(owner, name, cache(getattr(owner, name)))
_one_at_a_time = threading.Lock()
_call_action = DynamoHandler.call_action


def _call_alone(handler: DynamoHandler) -> Any:  # noqa: ANN401 - moto's
    """Change an item at once, as DynamoDB does; the emulator reads it first, and others may change it."""
    with _one_at_a_time:
        return _call_action(handler)


setattr(DynamoHandler, "call_action", _call_alone)  # noqa: B010 - mypy takes no assignment to a method
aliaser: Any = EventAliaser
aliaser._alias_event_name = staticmethod(cache(aliaser(None)._alias_event_name))  # noqa: SLF001 - as above

# Property tests do not fail because the machine is busy; in CI they try the same examples every time.
settings.register_profile(
    "fondly", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("fondly-ci", settings.get_profile("fondly"), derandomize=True)
settings.load_profile("fondly-ci" if os.environ.get("CI") == "true" else "fondly")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for no garbage among modules and tests, which stay: a quarter of the time of collecting them."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture(autouse=True)
def isolated_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the developer's AWS account and Fondly settings out of every test."""
    for name in list(os.environ):
        if name.startswith(("AWS_", "FONDLY_", "OTEL_", "UNDERSTUDY_")):
            monkeypatch.delenv(name)
    for name, value in CHECKED.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)


@pytest.fixture(scope="session")
def emulator_url() -> Iterator[str]:
    """A moto server on loopback, shared by the tests of this process."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # a line for each request
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def resources(emulator_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Resources]:
    """Everything in the topology, newly created for this test."""
    with new_environment(emulator_url) as made:
        monkeypatch.setenv("AWS_ENDPOINT_URL", emulator_url)
        yield made


@pytest.fixture
async def clients(resources: Resources) -> AsyncIterator[Clients]:  # noqa: ARG001 - it must exist first
    """Clients of the emulator that holds `resources`."""
    session = get_session()
    async with AsyncExitStack() as stack:
        yield Clients(
            s3=await stack.enter_async_context(session.create_client("s3", config=CONFIG)),
            sqs=await stack.enter_async_context(session.create_client("sqs", config=CONFIG)),
            sns=await stack.enter_async_context(session.create_client("sns", config=CONFIG)),
            dynamodb=await stack.enter_async_context(session.create_client("dynamodb", config=CONFIG)),
        )


@pytest.fixture(params=["original", "double"])
def emulated(request: pytest.FixtureRequest) -> Emulated | None:
    """What an adapter needs of the emulator; None when its double is tested, for which nothing is created."""
    if request.param == "double":
        return None
    return Emulated(request.getfixturevalue("clients"), request.getfixturevalue("resources"))
