"""How one service speaks: its protocol, and the shapes of its errors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import botocore.loaders

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class ErrorForm:
    """How an error that the model declares is answered."""

    status: int
    message_member: str
    """The name of the text's member: Comprehend's shapes say `Message`."""


_UNDECLARED = ErrorForm(status=400, message_member="message")


@dataclass(frozen=True)
class Dialect:
    """What tells one service's answers from another's."""

    signing_name: str
    json_version: str | None
    """`1.1` for JSON by `X-Amz-Target`, `None` for REST-JSON."""
    errors: Mapping[str, ErrorForm]

    @classmethod
    def of(cls, description: Mapping[str, Any]) -> Self:
        """Return the dialect of a service, as its description declares it."""
        metadata = description["metadata"]
        return cls(
            signing_name=metadata["signingName"],
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
        """Return how the error `code` is answered, declared or not."""
        return self.errors.get(code, _UNDECLARED)


def load_description(name: str) -> Mapping[str, Any]:
    """Return the service description that the installed botocore has under `name`."""
    description: Mapping[str, Any] = botocore.loaders.Loader().load_service_model(name, "service-2")
    return description


def _error_form(shape: Mapping[str, Any]) -> ErrorForm:
    declared = shape.get("error", {}).get("httpStatusCode")
    return ErrorForm(
        status=declared or (500 if shape.get("fault") else 400),
        message_member="Message" if "Message" in shape["members"] else "message",
    )
