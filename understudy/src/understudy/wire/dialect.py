"""How a service's answers look on the wire: its protocol, and the form of its errors."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Self

import botocore.loaders

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class ErrorForm:
    """The HTTP form of an error."""

    status: int
    message_member: str
    """The member that holds the text: `message`, or `Message` in Comprehend."""


_UNDECLARED = ErrorForm(status=400, message_member="message")


@dataclass(frozen=True)
class Dialect:
    """The protocol of a service and the form of its errors."""

    signing_name: str
    json_version: str | None
    """The version of the JSON protocol, which uses `X-Amz-Target`; `None` for REST-JSON."""
    errors: Mapping[str, ErrorForm]

    @classmethod
    def of(cls, description: Mapping[str, Any]) -> Self:
        """Return the dialect that a service description declares."""
        metadata = description["metadata"]
        return cls(
            signing_name=metadata.get("signingName", metadata["endpointPrefix"]),
            json_version=metadata["jsonVersion"] if metadata["protocol"] == "json" else None,
            errors={
                name: _error_form(shape)
                for name, shape in description["shapes"].items()
                if shape.get("exception")
            },
        )

    @property
    def content_type(self) -> str:
        """The content type of every answer."""
        version = self.json_version
        return f"application/x-amz-json-{version}" if version else "application/json"

    def error_form(self, code: str) -> ErrorForm:
        """Return the form of the error `code`, whether or not the model declares it."""
        return self.errors.get(code, _UNDECLARED)


@cache
def load_description(name: str) -> Mapping[str, Any]:
    """Return the description of the service `name` from the installed botocore, read once in a process."""
    description: Mapping[str, Any] = botocore.loaders.Loader().load_service_model(name, "service-2")
    return description


def _error_form(shape: Mapping[str, Any]) -> ErrorForm:
    declared = shape.get("error", {}).get("httpStatusCode")
    return ErrorForm(
        status=declared or (500 if shape.get("fault") else 400),
        message_member="Message" if "Message" in shape["members"] else "message",
    )
