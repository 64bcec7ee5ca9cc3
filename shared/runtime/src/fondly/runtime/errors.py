"""Error codes of AWS calls."""

from botocore.exceptions import ClientError


def error_code(error: ClientError) -> str:
    """Return the AWS error code of a client error, or an empty string if it has none."""
    return error.response.get("Error", {}).get("Code", "")
