"""Configuration of every AWS client: pooled connections, timeouts, the SDK's retries.

Endpoints come from `AWS_ENDPOINT_URL` and `AWS_ENDPOINT_URL_<SERVICE>`; the code names none.
"""

import platform

import aiobotocore
from aiobotocore.config import AioConfig

from encore.runtime.retry import SDK_RETRIES

POOL = 100
USER_AGENT = f"encore aiobotocore/{aiobotocore.__version__} Python/{platform.python_version()}"
"""The SDK adds botocore's version. Without this it puts a longer one together for every call, twice, which is
a seventh of the CPU time that a call takes."""
CONFIG = AioConfig(
    max_pool_connections=POOL,
    connect_timeout=5,
    read_timeout=70,
    retries=SDK_RETRIES,
    tcp_keepalive=True,
    user_agent=USER_AGENT,
)
