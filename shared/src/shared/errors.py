"""How a handler says what a failure means for its message."""

from botocore.exceptions import ClientError, ConnectionError, HTTPClientError  # noqa: A004 - botocore's name

THROTTLED = frozenset(
    {
        "LimitExceededException",
        "ModelNotReadyException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
SERVER_FAULT_STATUS = 500


class TransientError(Exception):
    """The same work may succeed later: the message comes back after a backoff."""


class PermanentError(Exception):
    """The work can never succeed: the message goes to the dead letters at once, with this reason."""


def error_code(error: ClientError) -> str:
    """Return the AWS error code of a client error, or an empty string."""
    return error.response.get("Error", {}).get("Code", "")


def is_transient(error: BaseException) -> bool:
    """Tell whether waiting can cure `error`: throttling, server faults, timeouts, lost connections."""
    if isinstance(error, TransientError | TimeoutError | ConnectionError | HTTPClientError):
        return True
    if not isinstance(error, ClientError):
        return False
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return error_code(error) in THROTTLED or status >= SERVER_FAULT_STATUS
