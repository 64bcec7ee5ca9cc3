"""What AWS says when it refuses a call."""

from botocore.exceptions import ClientError


def error_code(error: ClientError) -> str:
    """Return the AWS error code of a client error, or an empty string."""
    return error.response.get("Error", {}).get("Code", "")
