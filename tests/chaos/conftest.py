"""Clients that reach the emulator and understudy only through the fault proxy."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from aiobotocore.config import AioConfig
from aiobotocore.session import AioSession, get_session

from fondly.stack.provision import Resources
from tests.chaos.faults import FaultPlan
from tests.chaos.like_aws import LikeAWS, table_keys
from tests.chaos.messages import MessageFaults
from tests.chaos.proxy import FaultProxy
from tests.chaos.tally import Tally
from tests.support.stores import Clients
from understudy.testing import UnderstudyServer

if TYPE_CHECKING:
    from types_aiobotocore_bedrock_runtime.client import BedrockRuntimeClient
    from types_aiobotocore_comprehend.client import ComprehendClient
    from types_aiobotocore_personalize.client import PersonalizeClient

MAX_HIDDEN_S = 2


@dataclass(frozen=True)
class Proxied:
    """A proxy, the tally of what it did, and clients that go through it."""

    proxy: FaultProxy
    tally: Tally
    clients: Clients
    comprehend: "ComprehendClient"
    personalize: "PersonalizeClient"
    bedrock: "BedrockRuntimeClient"


Proxies = Callable[..., AbstractAsyncContextManager[Proxied]]


@pytest.fixture(scope="session")
def understudy_url() -> Iterator[str]:
    """The address of understudy, which answers for the AI services."""
    with UnderstudyServer(region="eu-west-1") as server:
        yield server.url


@pytest.fixture(scope="session")
def session() -> AioSession:
    """One session for all tests, since it caches the service models, which are slow to load."""
    return get_session()


@pytest.fixture
def proxied(session: AioSession, emulator_url: str, understudy_url: str, resources: Resources) -> Proxies:
    """Return a factory of a proxy with a fault plan and of its clients, with `attempts` per call.

    A read without `ConsistentRead` gets a state that is `stale_s` old.
    """

    @asynccontextmanager
    async def make(plan: FaultPlan, *, attempts: int = 1, stale_s: float = 0.0) -> AsyncIterator[Proxied]:
        tally, retries = Tally(), {"mode": "standard", "total_max_attempts": attempts}
        async with AsyncExitStack() as stack:

            async def client(name: Any, url: str) -> Any:  # noqa: ANN401 - a client of any service
                made = session.create_client(name, endpoint_url=url, config=AioConfig(retries=retries))
                return await stack.enter_async_context(made)

            messages = MessageFaults(
                await client("sqs", emulator_url), plan, tally, max_hidden_s=MAX_HIDDEN_S
            )
            proxy = FaultProxy(
                emulator=emulator_url,
                understudy=understudy_url,
                plan=plan,
                messages=messages,
                tally=tally,
                like_aws=LikeAWS(table_keys(resources), tally, stale_s=stale_s),
            )
            address = await stack.enter_async_context(proxy.serving())
            yield Proxied(
                proxy=proxy,
                tally=tally,
                clients=Clients(
                    s3=await client("s3", address),
                    sqs=await client("sqs", address),
                    sns=await client("sns", address),
                    dynamodb=await client("dynamodb", address),
                ),
                comprehend=await client("comprehend", address),
                personalize=await client("personalize", address),
                bedrock=await client("bedrock-runtime", address),
            )

    return make
