"""What an error of Bedrock's means: for one member of requests, for one request, for all, or for now."""

import re
from collections.abc import Collection

from botocore.exceptions import ClientError

from fondly.contracts.errors import PermanentError, TransientError
from fondly.mailer.adapters.bedrock_requests import Member
from fondly.runtime.errors import error_code
from fondly.runtime.retry import ExhaustedError

MISCONFIGURED = frozenset(
    {"AccessDeniedException", "ResourceNotFoundException", "UnrecognizedClientException"}
)
MISCONFIGURED_REQUESTS = ("model identifier", "on-demand throughput", "guardrail")
"""Parts of ValidationException messages whose cause affects every request, not only this one."""
NAMED = {
    Member.TOOL: r"\btool",
    Member.SCHEMA: r"output_?config(?!\.effort)|textFormat|json_schema",
    Member.EFFORT: r"output_?config|\beffort\b",
    Member.TEMPERATURE: r"\btemperature\b",
    Member.CACHE: r"cache_?point|cache_?control|prompt caching",
    Member.ROOM: r"exceeds the model limit|max_?tokens",
    Member.THINKING: r"\bthinking\b|additionalModelRequestFields",
}
"""How such messages name members. The first that was sent is left out: a tool that must be used goes before
thinking, with which models refuse it."""
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


def refused_member(error: ClientError, sent: Collection[Member] = tuple(Member)) -> Member | None:
    """Return which of the members that were sent the model does not take, if the error says so."""
    if error_code(error) != "ValidationException":
        return None
    named = (member for member, words in NAMED.items() if re.search(words, _message(error), re.IGNORECASE))
    return next((member for member in named if member in sent), None)


def refusal_of(error: ClientError, model_id: str) -> str:
    """Return why this one request was refused; raise when the cause affects other requests too."""
    code, message = error_code(error), _message(error)
    systemic = refused_member(error) or any(part in message for part in MISCONFIGURED_REQUESTS)
    if code in MISCONFIGURED or (code == "ValidationException" and systemic):
        raise PermanentError(f"model {model_id} cannot be used: {code}: {message}") from error
    if code == "ValidationException":
        return f"{code}: {message}"[:MAX_REASON_CHARS]
    raise error


def _message(error: ClientError) -> str:
    return error.response.get("Error", {}).get("Message", "")
