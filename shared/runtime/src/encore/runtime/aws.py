"""How every service talks to AWS: one session, pooled clients, retries inside the SDK's budget.

Endpoints come from `AWS_ENDPOINT_URL` and `AWS_ENDPOINT_URL_<SERVICE>`, so no code names one.
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
