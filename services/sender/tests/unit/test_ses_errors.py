"""What SES, or the way to it, says is exactly what becomes of an email."""

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    NoCredentialsError,
    ParamValidationError,
    ReadTimeoutError,
)

from fondly.runtime.retry import is_throttled
from fondly.sender.adapters.ses_errors import ThrottledError, meaning
from fondly.sender.ports import (
    DeferredError,
    InDoubtError,
    QuotaSpentError,
    RefusedError,
    UnusableError,
)

URL = "https://email.eu-west-1.amazonaws.com"


def _reply(code: str, message: str = "", status: int = 400) -> ClientError:
    return ClientError(
        {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}},  # type: ignore[typeddict-item] # what a parser returns has more
        "SendEmail",
    )


def _lost(error: BaseException) -> EndpointConnectionError:
    return EndpointConnectionError(endpoint_url=URL, error=error)


def _unreachable() -> aiohttp.ClientConnectorError:
    key = ConnectionKey(
        "email", 443, is_ssl=True, ssl=True, proxy=None, proxy_auth=None, proxy_headers_hash=None
    )
    return aiohttp.ClientConnectorError(key, OSError("refused"))


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (_reply("TooManyRequestsException", "Maximum sending rate exceeded.", 429), ThrottledError),
        (_reply("ThrottlingException", "Rate exceeded"), ThrottledError),
        (_reply("TooManyRequestsException", "Daily message quota exceeded.", 429), QuotaSpentError),
        (_reply("LimitExceededException", "Daily sending quota exceeded"), QuotaSpentError),
        (_reply("MessageRejected", "Email address is not verified. The following"), UnusableError),
        (_reply("MailFromDomainNotVerifiedException"), UnusableError),
        (_reply("NotFoundException", "Configuration set <fondly> does not exist.", 404), UnusableError),
        (_reply("AccountSuspendedException"), UnusableError),
        (_reply("SendingPausedException"), UnusableError),
        (_reply("AccessDeniedException", "no", 403), UnusableError),
        (_reply("ExpiredTokenException", "no", 403), UnusableError),
        (_reply("MessageRejected", "a virus"), RefusedError),
        (_reply("BadRequestException", "Missing final '@domain'"), RefusedError),
        (_reply("RequestTimeout", "", 408), DeferredError),
        (_reply("InternalFailure", "", 500), InDoubtError),
        (_reply("ServiceUnavailable", "", 503), InDoubtError),
        (_reply("", "", 400), InDoubtError),
        (_lost(_unreachable()), DeferredError),
        (ConnectTimeoutError(endpoint_url=URL), DeferredError),
        (_lost(aiohttp.ClientOSError(104, "Connection reset by peer")), InDoubtError),
        (ReadTimeoutError(endpoint_url=URL), InDoubtError),
        (ConnectionClosedError(endpoint_url=URL), InDoubtError),
        (HTTPClientError(error=ValueError("odd")), InDoubtError),
        (NoCredentialsError(), UnusableError),
        (ParamValidationError(report="no"), RefusedError),
        (BotoCoreError(), InDoubtError),
    ],
)
def test_error_has_its_meaning(error: ClientError | BotoCoreError, kind: type[Exception]) -> None:
    """The SDK's name for a connection that was reset half way is no proof that there was none."""
    assert type(meaning(error)) is kind


def test_limiter_knows_a_throttled_email() -> None:
    """It repeats the call and lowers the rate; without a limiter the email is tried later."""
    throttled = meaning(_reply("TooManyRequestsException", "Maximum sending rate exceeded.", 429))
    assert isinstance(throttled, ThrottledError)
    assert is_throttled(throttled)
    assert isinstance(throttled, DeferredError)


def test_reason_has_no_address() -> None:
    """SES names identities that are not verified; one may be the customer's."""
    text = "Email address is not verified. The following identities failed the check: ada@mail.example"
    assert "ada@" not in str(meaning(_reply("MessageRejected", text)))
