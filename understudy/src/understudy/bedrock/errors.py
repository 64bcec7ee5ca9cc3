"""Every error of Bedrock that understudy answers with.

Texts are AWS's where a real call has shown them, and otherwise worded like them: clients should rely on
codes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from understudy.wire.service import ServiceError

if TYPE_CHECKING:
    from collections.abc import Mapping

Access = Literal["granted", "not_granted", "no_subscription", "no_use_case", "legacy", "ended"]

_DENIED: Mapping[str, str] = {
    "not_granted": "You don't have access to the model with the specified model ID.",
    "no_subscription": (
        "Model access is denied due to IAM user or service role is not authorized to perform the required "
        "AWS Marketplace actions (aws-marketplace:ViewSubscriptions, aws-marketplace:Subscribe) to enable "
        "access to this model. If you recently fixed this issue, try again after 5 minutes."
    ),
}
_NOT_FOUND: Mapping[str, str] = {
    "no_use_case": (
        "Model use case details have not been submitted for this account. Fill out the Anthropic use case "
        "details form before using the model. If you have already filled out the form, try again in 15 "
        "minutes."
    ),
    "legacy": (
        "Access denied. This Model is marked by provider as Legacy and you have not been actively using the "
        "model in the last 30 days. Please upgrade to an active model on Amazon Bedrock"
    ),
    "ended": (
        "This model version has reached the end of its life. Please refer to the AWS documentation for more "
        "details."
    ),
}


def invalid(message: str) -> ServiceError:
    """Bedrock refuses a request before the model sees it."""
    return ServiceError("ValidationException", message)


def refused_by_model(reason: str) -> ServiceError:
    """The model itself refuses a request."""
    return invalid(f"The model returned the following errors: {reason}")


def no_access(access: Access) -> ServiceError:
    """The account may not call a model, for the reason that the model's features give."""
    if access in _DENIED:
        return ServiceError("AccessDeniedException", _DENIED[access])
    return ServiceError("ResourceNotFoundException", _NOT_FOUND[access])


def unknown_model() -> ServiceError:
    """No model has the id, or not in this region."""
    return invalid("The provided model identifier is invalid.")


def on_demand_unsupported(identifier: str) -> ServiceError:
    """The model can be called by an inference profile only."""
    return invalid(
        f"Invocation of model ID {identifier} with on-demand throughput isn\u2019t "
        "supported. Retry your request with the ID or ARN of an inference profile that contains this model."
    )


def too_many_output_tokens(limit: int) -> ServiceError:
    """`maxTokens` is more than the model can write."""
    return invalid(
        f"The maximum tokens you requested exceeds the model limit of {limit}. "
        f"Try again with a maximum tokens value that is lower than {limit}."
    )


def no_prompt_caching() -> ServiceError:
    """A request has cache points, and the model has no cache."""
    return invalid(
        "You invoked an unsupported model or your request did not allow prompt caching. "
        "See the documentation for more information."
    )


def extra_input(name: str) -> ServiceError:
    """A Claude does not know a field (vercel/ai#19988, 29 August 2026)."""
    return refused_by_model(f"{name}: Extra inputs are not permitted")


def input_too_long() -> ServiceError:
    """The prompt is longer than the model's context."""
    return refused_by_model("Input is too long for requested model.")


def too_many_cache_points(found: int, limit: int) -> ServiceError:
    """A request has more cache points than a model takes."""
    return refused_by_model(f"A maximum of {limit} blocks with cache_control may be provided. Found {found}.")


def too_many_requests() -> ServiceError:
    """The requests of this minute are used up."""
    return ServiceError("ThrottlingException", "Too many requests, please wait before trying again.")


def too_many_tokens() -> ServiceError:
    """The tokens of this minute are used up, or reserved by requests that are being answered."""
    return ServiceError("ThrottlingException", "Too many tokens, please wait before trying again.")


def unknown_guardrail() -> ServiceError:
    """No guardrail has the id and version."""
    return invalid("The guardrail identifier or version provided in the request does not exist.")


def model_timeout() -> ServiceError:
    """The model took too long."""
    return ServiceError("ModelTimeoutException", "The model took too long to answer. Try your request again.")


def model_unavailable() -> ServiceError:
    """The model cannot be reached, or is overloaded."""
    return ServiceError("ServiceUnavailableException", "Bedrock is unable to process your request.")


def model_failed(reason: str, status: int | None = None, *, resource: str | None = None) -> ServiceError:
    """The model failed, with an HTTP status if it got as far as to answer."""
    members = {"originalStatusCode": status, "resourceName": resource}
    return ServiceError(
        "ModelErrorException",
        f"The system encountered an unexpected error during processing. Try your request again. ({reason})",
        members={name: each for name, each in members.items() if each is not None},
    )
