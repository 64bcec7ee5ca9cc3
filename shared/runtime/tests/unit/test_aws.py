from typing import Any, NoReturn

import pytest
from aiobotocore.session import get_session
from botocore.awsrequest import AWSPreparedRequest

from fondly.runtime.aws import CONFIG, USER_AGENT, send_bodies_at_once


class SentError(Exception):
    """Holds what would have been sent."""

    def __init__(self, request: AWSPreparedRequest) -> None:
        super().__init__()
        self.headers: dict[str, Any] = {name.lower(): value for name, value in request.headers.items()}


def _keep(request: AWSPreparedRequest, **_: object) -> NoReturn:
    raise SentError(request)


async def test_an_object_is_sent_with_its_request() -> None:
    """S3 is not asked for "100 Continue" first; signature, checksum and user agent are there."""
    session = get_session()
    session.set_credentials("local", "local")
    async with session.create_client("s3", region_name="eu-west-1", config=CONFIG) as s3:
        send_bodies_at_once(s3)
        s3.meta.events.register("before-send.s3", _keep)
        with pytest.raises(SentError) as sent:
            await s3.put_object(Bucket="data", Key="email", Body=b"Hello")
    headers = sent.value.headers
    assert "expect" not in headers
    assert headers["user-agent"].startswith(USER_AGENT.encode())
    assert {"authorization", "x-amz-trailer"} <= headers.keys()
