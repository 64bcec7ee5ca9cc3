"""The service and the run's other services, on an AWS emulator and understudy's Personalize over HTTP."""

from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING

import pytest
from aiobotocore.session import get_session

from fondly.recommender.settings import RecommenderSettings
from fondly.stack.provision import Resources
from services.recommender.tests.whole_run import OtherServices, serving
from tests.support.stores import Clients
from understudy.testing import UnderstudyServer

if TYPE_CHECKING:
    from types_aiobotocore_personalize.client import PersonalizeClient


@pytest.fixture
def understudy(emulator_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An understudy of Personalize that keeps its files in the emulator's S3."""
    with UnderstudyServer(s3_endpoint_url=emulator_url) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_PERSONALIZE", server.url)
        monkeypatch.setenv("AWS_ENDPOINT_URL_PERSONALIZE_EVENTS", server.url)
        monkeypatch.setenv("AWS_ENDPOINT_URL_PERSONALIZE_RUNTIME", server.url)
        yield server.url


@pytest.fixture
def settings(resources: Resources, understudy: str, monkeypatch: pytest.MonkeyPatch) -> RecommenderSettings:
    """Settings read from the environment of a deployed service."""
    assert understudy
    environment = resources.settings() | {
        "FONDLY_PERSONALIZE_ROLE_ARN": "arn:aws:iam::000000000000:role/personalize",
        "FONDLY_RECOMMENDER_POLL_INTERVAL_S": "1",
        "FONDLY_RECEIVE_WAIT_S": "1",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return RecommenderSettings()


@pytest.fixture
async def running(settings: RecommenderSettings) -> AsyncIterator[RecommenderSettings]:
    """The running service."""
    async with serving(settings):
        yield settings


@pytest.fixture
def others(clients: Clients, resources: Resources) -> OtherServices:
    """The run's other services."""
    return OtherServices(clients, resources)


@pytest.fixture
async def personalize(understudy: str) -> "AsyncIterator[PersonalizeClient]":
    """A client to inspect what the service made."""
    async with get_session().create_client("personalize", endpoint_url=understudy) as client:
        yield client
