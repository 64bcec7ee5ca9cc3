"""The errors that Personalize returns, with its own texts where client code is known to read them."""

from collections.abc import Sized

from understudy.wire.errors import ServiceError

MAX_TAGS = 50


class JobFailedError(Exception):
    """Background work failed with a reason that AWS would report as `failureReason`."""


def already_exists(arn: str) -> ServiceError:
    """A resource of this kind and name exists."""
    return ServiceError("ResourceAlreadyExistsException", f"Another resource with Arn {arn} already exists.")


def not_found(arn: str) -> ServiceError:
    """No resource of the requested kind has this ARN."""
    return ServiceError("ResourceNotFoundException", f"Resource Arn {arn} does not exist.")


def in_use(arn: str, why: str) -> ServiceError:
    """The resource, or one that depends on it, is changing state."""
    return ServiceError("ResourceInUseException", f"Resource Arn {arn} is in use: {why}.")


def invalid_input(message: str) -> ServiceError:
    """The request is well formed but cannot be fulfilled."""
    return ServiceError("InvalidInputException", message)


def limit_exceeded(message: str) -> ServiceError:
    """The request would exceed a quota."""
    return ServiceError("LimitExceededException", message)


def invalid_token() -> ServiceError:
    """The page token was not issued by this service."""
    return ServiceError("InvalidNextTokenException", "The token is not valid.")


def check_tags(tags: Sized) -> None:
    """Raise TooManyTagsException above the 50 tags that a resource may have."""
    if len(tags) > MAX_TAGS:
        raise ServiceError("TooManyTagsException", f"A resource may have at most {MAX_TAGS} tags.")
