"""Runs understudy inside tests of code that calls AWS."""

from __future__ import annotations

import socket
import threading
from functools import partial
from typing import TYPE_CHECKING, Self

import uvicorn
from aiobotocore.session import get_session

from understudy.account import AccountOptions
from understudy.app import create_app, server_config
from understudy.bedrock import BedrockOptions
from understudy.composition import Options, create_services
from understudy.personalize import PersonalizeOptions
from understudy.ses import SesOptions

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from understudy.wire.service import Service

ACCOUNT_ID = "000000000000"
_START_TIMEOUT_S = 30.0


class UnderstudyServer:
    """Serves at `url`, on a loopback port, a free one or `port`, for as long as the context is open.

    Without `services`, it serves all of them: they reach S3, SNS and SQS at `s3_endpoint_url`, jobs and
    resources change state without delay, and Bedrock, Personalize and SES behave as their options say.
    """

    def __init__(
        self,
        services: Sequence[Service] | None = None,
        *,
        region: str = "us-east-1",
        s3_endpoint_url: str | None = None,
        bedrock: BedrockOptions = BedrockOptions(),  # noqa: B008 - frozen
        account: AccountOptions = AccountOptions(),  # noqa: B008 - frozen
        personalize: PersonalizeOptions = PersonalizeOptions(),  # noqa: B008 - frozen
        ses: SesOptions = SesOptions(),  # noqa: B008 - frozen
        port: int = 0,
    ) -> None:
        options = Options(bedrock=bedrock, account=account, personalize=personalize, ses=ses)
        if services is None:
            services = _all_services(options, region, s3_endpoint_url)
        self._services = services
        self._socket = socket.create_server(("127.0.0.1", port))
        # asyncio does not set this on sockets it did not create, which costs 40 ms per call.
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def __enter__(self) -> Self:
        started = threading.Event()
        config = server_config(create_app(self._services))
        self._server = _SignallingServer(config, started)
        self._thread = threading.Thread(
            target=self._server.run, args=([self._socket],), name="understudy", daemon=True
        )
        self._thread.start()
        if not started.wait(_START_TIMEOUT_S):
            raise TimeoutError(f"understudy did not start within {_START_TIMEOUT_S} s")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()


class _SignallingServer(uvicorn.Server):
    """A server that sets `started` once it accepts calls."""

    def __init__(self, config: uvicorn.Config, started: threading.Event) -> None:
        super().__init__(config)
        self._started_event = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._started_event.set()


def _all_services(options: Options, region: str, s3_endpoint_url: str | None) -> list[Service]:
    clients = partial(
        get_session().create_client,
        region_name=region,
        endpoint_url=s3_endpoint_url,
        aws_access_key_id="test",
        aws_secret_access_key="test",  # noqa: S106 - emulators take any
    )
    return create_services(options, region=region, account_id=ACCOUNT_ID, clients=clients)
