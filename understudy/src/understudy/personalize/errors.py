"""The errors that Personalize returns, with its own texts where client code is known to read them."""

from collections.abc import Collection

from understudy.wire.service import Params, ServiceError

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


def refuse(params: Params, *members: str) -> None:
    """Raise InvalidInputException for members of a request that AWS knows and nothing here answers."""
    for name in members:
        if params.get(name):
            raise invalid_input(f"{name} is not supported.")


def require_value(params: Params, name: str, only: str) -> None:
    """Raise InvalidInputException unless a member that may be left out has the one value that is answered."""
    if params.get(name, only) != only:
        raise invalid_input(f"{name} {params[name]} is not supported.")


def limit_exceeded(message: str) -> ServiceError:
    """The request would exceed a quota."""
    return ServiceError("LimitExceededException", message)


def invalid_token() -> ServiceError:
    """The page token was not issued by this service."""
    return ServiceError("InvalidNextTokenException", "The token is not valid.")


def check_tags(keys: Collection[str]) -> None:
    """Raise TooManyTagsException above the 50 tags that a resource may have, and refuse AWS's own keys."""
    reserved = sorted(key for key in keys if key.lower().startswith("aws:"))
    if reserved:
        raise invalid_input(f"Tag keys that start with aws: are reserved: {reserved}.")
    if len(keys) > MAX_TAGS:
        raise ServiceError("TooManyTagsException", f"A resource may have at most {MAX_TAGS} tags.")
