"""Fixtures of all tests: an isolated environment, and an emulator of S3, SNS and SQS."""

import logging
import os
from collections.abc import Iterator
from functools import cache

import botocore.session
import pytest
from hypothesis import HealthCheck, settings
from moto.server import ThreadedMotoServer

# All sessions share the descriptions of services that one of them has read.
botocore.session.create_loader = cache(botocore.session.create_loader)

# Property tests do not fail because the machine is busy.
settings.register_profile(
    "understudy", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("understudy")


@pytest.fixture(autouse=True)
def isolated_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the developer's AWS account and settings out of every test."""
    for name in list(os.environ):
        if name.startswith(("AWS_", "UNDERSTUDY_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
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
