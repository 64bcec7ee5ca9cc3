"""What an error of SES's `SendEmail` means for one email, and for all of them.

| error | means |
| --- | --- |
| throttled | not accepted: the limiter repeats the call |
| `Daily message quota exceeded` | not accepted today |
| `MessageRejected` that names identities that are not verified | nothing is accepted: the sender is not verified, or the account is in the sandbox |
| `MessageRejected`, `BadRequestException` otherwise | refused |
| account suspended, sending paused, configuration set missing, no permission, no credentials | nothing is accepted |
| another 4xx | not accepted, may be later |
| 5xx, a reply that cannot be read, a connection that is lost or silent once there was one | in doubt |
| no connection | not accepted, may be later |

Source: Amazon SES API v2 reference, `SendEmail`; SES Developer Guide, "Errors related to the sending quotas".
"""  # noqa: E501 - a table

from typing import Any

from aiohttp import ClientConnectorError
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    ParamValidationError,
    PartialCredentialsError,
    ProxyConnectionError,
    SSLError,
    TokenRetrievalError,
)

from fondly.runtime.errors import error_code
from fondly.runtime.retry import SERVER_ERROR_STATUS, is_throttled
from fondly.sender.domain.said import said
from fondly.sender.ports import DeferredError, InDoubtError, QuotaSpentError, RefusedError, UnusableError

UNUSABLE = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "AccountSuspendedException",
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidClientTokenId",
        "MailFromDomainNotVerifiedException",
        "NotFoundException",
        "SendingPausedException",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
REFUSED = frozenset({"BadRequestException", "MessageRejected"})
NOT_VERIFIED = "not verified"
DAILY_QUOTAS = ("daily message quota", "daily sending quota")
_NOT_SET_UP = (
    CredentialRetrievalError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    TokenRetrievalError,
)
_NOT_CONNECTED = (ConnectTimeoutError, ProxyConnectionError, SSLError)


class ThrottledError(DeferredError, ClientError):
    """SES refused an email because there were too many in this second: a limiter repeats the call."""

    def __init__(self, error: ClientError) -> None:
        ClientError.__init__(self, error.response, error.operation_name)


def meaning(error: ClientError | BotoCoreError) -> Exception:
    """Return the error that says what became of the email."""
    if isinstance(error, ClientError):
        return _of_reply(error)
    reason = f"{type(error).__name__}: {said(str(error))}"
    if isinstance(error, _NOT_SET_UP):
        return UnusableError(reason)
    if isinstance(error, ParamValidationError):
        return RefusedError(reason)
    return DeferredError(reason) if _never_connected(error) else InDoubtError(reason)


def _of_reply(error: ClientError) -> Exception:
    code, message = error_code(error), error.response.get("Error", {}).get("Message", "")
    reason = f"{code}: {said(message)}"
    if any(quota in message.lower() for quota in DAILY_QUOTAS):
        return QuotaSpentError(reason)
    if is_throttled(error):
        return ThrottledError(error)
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if status >= SERVER_ERROR_STATUS or not code:
        return InDoubtError(reason)
    if code in UNUSABLE or (code in REFUSED and NOT_VERIFIED in message.lower()):
        return UnusableError(reason)
    return RefusedError(reason) if code in REFUSED else DeferredError(reason)


def _never_connected(error: BotoCoreError) -> bool:
    """Whether nothing can have been sent; `EndpointConnectionError` may stand for a request too."""
    if isinstance(error, EndpointConnectionError):
        cause: Any = error.kwargs.get("error")
        return isinstance(cause, ClientConnectorError)
    return isinstance(error, _NOT_CONNECTED)
