from typing import Any, NoReturn

import pytest
from aiobotocore.session import get_session
from botocore.awsrequest import AWSPreparedRequest

from fondly.runtime.aws import CONFIG, USER_AGENT


class SentError(Exception):
    """Holds what would have been sent."""

    def __init__(self, request: AWSPreparedRequest) -> None:
        super().__init__()
        self.headers: dict[str, Any] = {name.lower(): value for name, value in request.headers.items()}


def _keep(request: AWSPreparedRequest, **_: object) -> NoReturn:
    raise SentError(request)


async def test_calls_name_their_application() -> None:
    """The user agent is ours, beside the SDK's signature and checksum."""
    session = get_session()
    session.set_credentials("local", "local")
    async with session.create_client("s3", region_name="eu-west-1", config=CONFIG) as s3:
        s3.meta.events.register("before-send.s3", _keep)
        with pytest.raises(SentError) as sent:
            await s3.put_object(Bucket="data", Key="email", Body=b"Hello")
    headers = sent.value.headers
    assert headers["user-agent"].startswith(USER_AGENT.encode())
    assert {"authorization", "x-amz-trailer"} <= headers.keys()
