"""Configuration of every AWS client: pooled connections, timeouts, the SDK's retries.

Endpoints come from `AWS_ENDPOINT_URL` and `AWS_ENDPOINT_URL_<SERVICE>`; the code names none.
"""

import platform
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import aiobotocore
from aiobotocore.config import AioConfig
from aiobotocore.session import AioSession, get_session
from botocore.session import Session

from fondly.runtime import tracing
from fondly.runtime.lean_calls import make_lean
from fondly.runtime.retry import SDK_RETRIES

POOL = 100
CONNECT_S, READ_S = 5, 70
APP = Session().get_config_variable("user_agent_appid")
USER_AGENT = " ".join(
    (
        f"fondly aiobotocore/{aiobotocore.__version__} Python/{platform.python_version()}",
        *([f"app/{APP}"] if APP else []),
    )
)
"""The SDK adds botocore's version. Without this it puts a longer one together for every call, twice, which is
a seventh of the CPU time that a call takes. An application's name, `AWS_SDK_UA_APP_ID`, is part of either."""
CONFIG = AioConfig(
    max_pool_connections=POOL,
    connect_timeout=CONNECT_S,
    read_timeout=READ_S,
    retries=SDK_RETRIES,
    tcp_keepalive=True,
    user_agent=USER_AGENT,
)
NewClient = Callable[..., Awaitable[Any]]
"""Opens a client by its service's name, with further options of `AioConfig`."""


def client_opener(stack: AsyncExitStack, *, validate: bool, session: AioSession | None = None) -> NewClient:
    """Return what opens clients that `stack` closes; `validate` lets botocore check what is sent.

    They make lean calls, unless each is to have a span.
    """
    opened_by: Any = session or get_session()
    if not tracing.is_recorded():
        make_lean(opened_by)

    async def new_client(service: str, **config: Any) -> Any:  # noqa: ANN401 - clients have no common type
        own = AioConfig(parameter_validation=validate, **config)
        return await stack.enter_async_context(opened_by.create_client(service, config=CONFIG.merge(own)))

    return new_client
