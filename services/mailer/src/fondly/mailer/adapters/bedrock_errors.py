"""What an error of Bedrock's means: for one request, for all of them, or for now."""

from botocore.exceptions import ClientError

from fondly.contracts.errors import PermanentError, TransientError
from fondly.runtime.errors import error_code
from fondly.runtime.retry import ExhaustedError

MISCONFIGURED = frozenset(
    {"AccessDeniedException", "ResourceNotFoundException", "UnrecognizedClientException"}
)
MISCONFIGURED_REQUESTS = (
    "model identifier",
    "on-demand throughput",
    "exceeds the model limit",
    "output_config",
    "outputConfig",
    "temperature",
    "cachePoint",
    "cache_control",
    "guardrail",
)
"""Parts of ValidationException messages whose cause affects every request, not only this one."""
FAILING_MODEL = frozenset({"ModelErrorException", "ModelTimeoutException"})
"""Faults of the model behind Bedrock, answered with a 4xx whose message says "Try your request again"."""
DAILY_QUOTA = "per day"
"""Part of the message of calls that are throttled until a new day begins."""
MAX_REASON_CHARS = 200


class ModelFailingError(TransientError):
    """The model failed, and not because of the request: template copy for every customer would be wrong."""


def raise_for_now(error: ClientError, model_id: str) -> None:
    """Raise what says that the model cannot answer at present; return if the error is of another kind."""
    code, message = error_code(error), _message(error)
    if code in FAILING_MODEL:
        raise ModelFailingError(f"model {model_id}: {code}: {message}") from error
    if code == "ThrottlingException" and DAILY_QUOTA in message:
        raise ExhaustedError(f"model {model_id}: {message}") from error


def refusal_of(error: ClientError, model_id: str) -> str:
    """Return why this one request was refused; raise when the cause affects other requests too."""
    code, message = error_code(error), _message(error)
    systemic = any(part in message for part in MISCONFIGURED_REQUESTS)
    if code in MISCONFIGURED or (code == "ValidationException" and systemic):
        raise PermanentError(f"model {model_id} cannot be used: {code}: {message}") from error
    if code == "ValidationException":
        return f"{code}: {message}"[:MAX_REASON_CHARS]
    raise error


def _message(error: ClientError) -> str:
    return error.response.get("Error", {}).get("Message", "")
