"""Emails are handed over to SES, and it is known exactly what became of each."""

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from aiobotocore.config import AioConfig
from aiobotocore.session import get_session

from fondly.runtime.aws import CONFIG
from fondly.runtime.quota.limiter import Limiter
from fondly.runtime.retry import NO_SDK_RETRIES
from fondly.sender.adapters.ses import SesTransport, ses_quota
from fondly.sender.adapters.ses_errors import ThrottledError
from fondly.sender.ports import (
    DeferredError,
    InDoubtError,
    QuotaSpentError,
    RefusedError,
    UnusableError,
)
from services.sender.tests.messages import message, outgoing
from understudy.disturbance import Disturbance
from understudy.ses import SesOptions, create_service
from understudy.testing import UnderstudyServer

REGION = "eu-west-1"
Open = Callable[..., Any]


@asynccontextmanager
async def _client(url: str) -> AsyncIterator[Any]:
    config = CONFIG.merge(AioConfig(retries=NO_SDK_RETRIES))
    async with get_session().create_client("sesv2", REGION, endpoint_url=url, config=config) as client:
        yield client


@pytest.fixture
def serve() -> Iterator[Callable[..., str]]:
    """Starts stand-ins of SES, and returns the address of each."""
    running: list[UnderstudyServer] = []

    def start(*, clock: Callable[[], float] = time.monotonic, **options: Any) -> str:  # noqa: ANN401 - any of the options
        usual = {"production": True, "emails_per_s": 10_000.0, "emails_per_day": 10_000.0}
        chosen = SesOptions(**{**usual, **options})
        service = create_service(chosen, region=REGION, account_id="0" * 12, clock=clock)
        running.append(UnderstudyServer([service]).__enter__())
        return running[-1].url

    yield start
    for server in running:
        server.__exit__(None, None, None)


def _kept(folder: Path) -> list[dict[str, Any]]:
    index = folder / "emails.jsonl"
    return [json.loads(line) for line in index.read_text().splitlines()] if index.exists() else []


async def test_email_is_accepted(serve: Callable[..., str], tmp_path: Path) -> None:
    """Byte by byte, with configuration set and tags, under the id that its bounces will name."""
    async with _client(serve(folder=tmp_path)) as client:
        accepted = await SesTransport(client, configuration_set="fondly").send(outgoing())
    [kept] = _kept(tmp_path)
    assert kept["provider_id"] == accepted.provider_id
    assert (kept["configuration_set"], kept["tags"]) == ("fondly", {"run": "run-1"})
    assert (tmp_path / kept["file"]).read_bytes() == message()


async def test_account_says_what_it_may_send(serve: Callable[..., str]) -> None:
    """A rate, a quota of the day, and what is left of it."""
    async with _client(serve(emails_per_s=14.0, emails_per_day=3.0)) as client:
        await SesTransport(client).send(outgoing())
        quota = await ses_quota(client)
    assert (quota.per_s, quota.per_day, quota.sent, quota.left) == (14.0, 3.0, 1.0, 2.0)


async def test_account_without_a_quota_of_the_day(serve: Callable[..., str]) -> None:
    """SES says -1."""
    async with _client(serve(emails_per_day=-1.0)) as client:
        assert (await ses_quota(client)).left is None


@pytest.mark.parametrize(
    ("options", "kind", "kept"),
    [
        ({"disturbance": Disturbance(error_rate=1.0)}, InDoubtError, 0),
        ({"fail_rate": 1.0}, InDoubtError, 1),
        ({"drop_rate": 1.0}, InDoubtError, 1),
        ({"emails_per_s": 0.0}, ThrottledError, 0),
        ({"emails_per_day": 0.0}, QuotaSpentError, 0),
        ({"identities": frozenset({"other.example"})}, UnusableError, 0),
        ({"identities": frozenset({"shop.example"}), "production": False}, UnusableError, 0),
        ({"configuration_sets": frozenset({"other"})}, UnusableError, 0),
    ],
)
async def test_fault_leaves_nothing_unclear(
    serve: Callable[..., str],
    tmp_path: Path,
    options: dict[str, Any],
    kind: type[Exception],
    kept: int,
) -> None:
    """A server error or a lost connection is doubt, and the SDK has not tried again on its own."""
    async with _client(serve(folder=tmp_path, **options)) as client:
        with pytest.raises(kind) as raised:
            await SesTransport(client, configuration_set="fondly").send(outgoing())
    assert type(raised.value) is kind
    assert len(_kept(tmp_path)) == kept


async def test_email_that_ses_cannot_read_is_refused(serve: Callable[..., str]) -> None:
    """For good: it would be the same the next time."""
    content = message().replace(b"multipart/alternative;", b"multipart/alternative; charset=x; a=")
    broken = content.replace(b"--=_fondly_one--", b"")
    async with _client(serve()) as client:
        with pytest.raises(RefusedError, match="BadRequestException"):
            await SesTransport(client).send(outgoing(content=broken))


async def test_connection_that_is_reset_half_way_is_doubt() -> None:
    """SES may have read the request; the SDK says that it could not connect."""

    async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.transport.abort()

    server = await asyncio.start_server(reset, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, _client(f"http://127.0.0.1:{port}") as client:
        with pytest.raises(InDoubtError):
            await SesTransport(client).send(outgoing())


async def test_nobody_listens() -> None:
    """Without a connection nothing was accepted."""
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    async with _client(f"http://127.0.0.1:{port}") as client:
        with pytest.raises(DeferredError) as raised:
            await SesTransport(client).send(outgoing())
    assert type(raised.value) is DeferredError


async def test_silence_is_doubt() -> None:
    """A request without an answer may have been accepted."""
    left = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(-1)
        writer.close()
        await writer.wait_closed()
        left.set()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    config = CONFIG.merge(AioConfig(retries=NO_SDK_RETRIES, read_timeout=0.3))
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(server)
        client = await stack.enter_async_context(
            get_session().create_client(
                "sesv2", REGION, endpoint_url=f"http://127.0.0.1:{port}", config=config
            )
        )
        with pytest.raises(InDoubtError, match="ReadTimeoutError"):
            await SesTransport(client).send(outgoing())
        await left.wait()


async def test_limiter_repeats_what_is_throttled(serve: Callable[..., str], tmp_path: Path) -> None:
    """Each of some emails goes out once, though SES throttles those beyond its rate."""
    looks = count()  # its clock goes on by 10 ms whenever it looks, however long that takes
    url = serve(folder=tmp_path, emails_per_s=4.0, clock=lambda: next(looks) / 100)
    limiter = Limiter(200.0, chance=random.Random(1))  # noqa: S311 - not for security
    async with _client(url) as client:
        transport = SesTransport(client)
        await asyncio.gather(
            *(limiter.run(lambda n=n: transport.send(outgoing(f"m{n}"))) for n in range(5))  # type: ignore[misc] # the default binds n
        )
    assert limiter.counts.throttled > 0
    assert sorted(each["message_id"] for each in _kept(tmp_path)) == sorted(
        f"m{n}@shop.example" for n in range(5)
    )
