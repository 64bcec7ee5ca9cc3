"""How a handler says what a failure means for its message."""

from botocore.exceptions import ClientError


class TransientError(Exception):
    """The same work may succeed later: the message comes back after a backoff."""


class PermanentError(Exception):
    """The work can never succeed: the message goes to the dead letters at once, with this reason."""


def error_code(error: ClientError) -> str:
    """Return the AWS error code of a client error, or an empty string."""
    return error.response.get("Error", {}).get("Code", "")
