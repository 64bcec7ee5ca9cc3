"""Every error of SES that understudy answers with: codes, and texts where AWS's are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.wire.service import ServiceError

if TYPE_CHECKING:
    from collections.abc import Iterable


def rate_exceeded() -> ServiceError:
    """There were more emails within a second than the account may send."""
    return ServiceError("TooManyRequestsException", "Maximum sending rate exceeded.")


def quota_exceeded() -> ServiceError:
    """The account has sent as many emails in 24 hours as it may."""
    return ServiceError("TooManyRequestsException", "Daily message quota exceeded.")


def not_verified(identities: Iterable[str], region: str) -> ServiceError:
    """The sender is not verified or, in the sandbox, a recipient is not."""
    names = ", ".join(identities)
    return ServiceError(
        "MessageRejected",
        "Email address is not verified. The following identities failed the check in region "
        f"{region.upper()}: {names}",
    )


def no_configuration_set(name: str) -> ServiceError:
    """There is no configuration set of this name."""
    return ServiceError("NotFoundException", f"Configuration set <{name}> does not exist.")


def not_suppressed(address: str) -> ServiceError:
    """An address is not on the account's suppression list."""
    return ServiceError(
        "NotFoundException", f"Email address {address} does not exist on your suppression list."
    )


def bad_request(message: str) -> ServiceError:
    """The request cannot be read as an email."""
    return ServiceError("BadRequestException", message)


def torn() -> ServiceError:
    """Something has failed behind an email that was accepted all the same."""
    return ServiceError("InternalFailure", "An internal error occurred. Please retry.", 500)
