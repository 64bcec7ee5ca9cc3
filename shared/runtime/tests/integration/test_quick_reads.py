"""Objects are read as the SDK would read them, and whatever is not simply answered is left to it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiobotocore.session import get_session
from aiohttp import web
from botocore.exceptions import ClientError, NoCredentialsError

from fondly.runtime.quick_reads import QuickReads, quick_reads
from fondly.runtime.storage import S3Objects
from fondly.stack.provision import Resources
from tests.support.stores import Clients

KEYS = ("emails/run-1/c1.eml", "emails/run-1/a b+c%2F=ü~é:@&?#.eml", "emails//twice//./x")


@pytest.fixture
async def quick(clients: Clients, resources: Resources) -> AsyncIterator[QuickReads]:
    """What reads the data bucket of the emulator."""
    async with quick_reads(get_session(), clients.s3, resources.buckets["data"]) as found:
        assert found is not None
        yield found


async def test_what_was_stored_is_read_whatever_its_key(
    quick: QuickReads, clients: Clients, resources: Resources
) -> None:
    """The key is quoted, and signed, as the SDK does it."""
    objects = S3Objects(clients.s3, resources.buckets["data"])
    for number, key in enumerate(KEYS):
        content = bytes([number]) * 20_000
        await objects.put(key, content, content_type="message/rfc822")
        assert await quick.find(key) == content == await objects.get(key)


async def test_a_missing_object_is_missing(quick: QuickReads, clients: Clients, resources: Resources) -> None:
    """The SDK is asked, and says so; of a bucket that is not there, it raises its own error."""
    objects = S3Objects(clients.s3, resources.buckets["data"], quick=quick)
    assert await quick.find("emails/nobody.eml") is None
    assert await objects.find("emails/nobody.eml") is None
    async with quick_reads(get_session(), clients.s3, "no-such-bucket") as of_none:
        with pytest.raises(ClientError, match="NoSuchBucket"):
            await S3Objects(clients.s3, "no-such-bucket", quick=of_none).find("emails/c1.eml")


class Server:
    """A server that answers each request by the next of `replies`, and keeps their headers."""

    def __init__(self, *replies: web.Response) -> None:
        self.replies = list(replies)
        self.headers: list[dict[str, str]] = []

    async def answer(self, request: web.Request) -> web.Response:
        """Keep a request's headers and answer it."""
        self.headers.append({name.lower(): value for name, value in request.headers.items()})
        return self.replies.pop(0)


async def read_from(server: Server, *, times: int) -> list[bytes | None]:
    """Read an object so often from a server."""
    app = web.Application()
    app.router.add_get("/{path:.*}", server.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await (site := web.TCPSite(runner, "127.0.0.1", 0)).start()
    session: Any = get_session()
    session.set_credentials("AKIAEXAMPLE", "secret", "token")
    try:
        async with (
            session.create_client("s3", region_name="eu-west-1", endpoint_url=site.name) as s3,
            quick_reads(session, s3, "bucket") as quick,
        ):
            assert quick is not None
            return [await quick.find("c1.eml") for _ in range(times)]
    finally:
        await runner.cleanup()


async def test_what_is_not_simply_answered_is_no_answer() -> None:
    """A refusal and a fault are nothing, and neither is a damaged object."""
    right = {"x-amz-checksum-crc32": "DUoRhQ=="}  # of `hello world`
    server = Server(
        web.Response(status=403, body=b"<Error/>"),
        web.Response(status=503, body=b"<Error/>"),
        web.Response(body=b"hello worlt", headers=right),
        web.Response(body=b"hello world", headers=right),
        web.Response(body=b"hello world", headers={"x-amz-checksum-crc32": "AAAA-2"}),
    )
    assert await read_from(server, times=5) == [None, None, None, b"hello world", b"hello world"]


async def test_a_request_is_signed_with_the_session_s_token() -> None:
    """The token of temporary credentials goes with it, and the checksum is asked for."""
    server = Server(web.Response(body=b"hello"))
    assert await read_from(server, times=1) == [b"hello"]
    [headers] = server.headers
    assert headers["x-amz-security-token"] == "token"
    assert headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/")
    assert "/eu-west-1/s3/aws4_request" in headers["authorization"]
    assert headers["x-amz-checksum-mode"] == "ENABLED"


async def test_nobody_who_answers_is_no_answer() -> None:
    """A connection that is refused leaves the read to the SDK as well."""
    session: Any = get_session()
    session.set_credentials("AKIAEXAMPLE", "secret")
    async with (
        session.create_client("s3", region_name="eu-west-1", endpoint_url="http://127.0.0.1:1") as s3,
        quick_reads(session, s3, "bucket") as quick,
    ):
        assert quick is not None
        assert await quick.find("c1.eml") is None


async def test_without_credentials_there_are_no_quick_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDK says what is missing."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    session: Any = get_session()
    async with session.create_client("s3", region_name="eu-west-1", endpoint_url="http://127.0.0.1:1") as s3:
        async with quick_reads(session, s3, "bucket") as quick:
            assert quick is None
        with pytest.raises(NoCredentialsError):
            await S3Objects(s3, "bucket").find("c1.eml")
