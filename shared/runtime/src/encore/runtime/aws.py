"""Configuration of every AWS client: pooled connections, timeouts, the SDK's retries.

Endpoints come from `AWS_ENDPOINT_URL` and `AWS_ENDPOINT_URL_<SERVICE>`; the code names none.
"""

from aiobotocore.config import AioConfig

from encore.runtime.retry import SDK_RETRIES

POOL = 100
CONFIG = AioConfig(
    max_pool_connections=POOL,
    connect_timeout=5,
    read_timeout=70,
    retries=SDK_RETRIES,
    tcp_keepalive=True,
)
