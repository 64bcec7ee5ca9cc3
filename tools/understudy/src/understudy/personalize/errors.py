"""The errors Personalize answers with, and the texts of those that client code is known to read."""

from understudy.wire.errors import ServiceError


class JobFailedError(Exception):
    """Background work came to an end that AWS would report as `failureReason`."""


def already_exists(arn: str) -> ServiceError:
    """A resource of this kind and name is there."""
    return ServiceError("ResourceAlreadyExistsException", f"Another resource with Arn {arn} already exists.")


def not_found(arn: str) -> ServiceError:
    """No resource of the kind asked for has this ARN."""
    return ServiceError("ResourceNotFoundException", f"Resource Arn {arn} does not exist.")


def in_use(arn: str, why: str) -> ServiceError:
    """The resource, or one that depends on it, is not at rest."""
    return ServiceError("ResourceInUseException", f"Resource Arn {arn} is in use: {why}.")


def invalid_input(message: str) -> ServiceError:
    """The request is well formed but cannot be carried out."""
    return ServiceError("InvalidInputException", message)


def limit_exceeded(message: str) -> ServiceError:
    """A quota would be passed."""
    return ServiceError("LimitExceededException", message)


def invalid_token() -> ServiceError:
    """A page token was not issued by this service for this list."""
    return ServiceError("InvalidNextTokenException", "The token is not valid.")
