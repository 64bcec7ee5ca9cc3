"""How one service speaks: its protocol, and the shapes of its errors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import botocore.loaders
from botocore.model import ServiceModel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from botocore.model import Shape


def load_model(name: str) -> ServiceModel:
    """Return the service model that the installed botocore has under `name`."""
    return ServiceModel(botocore.loaders.Loader().load_service_model(name, "service-2"), name)


@dataclass(frozen=True)
class Dialect:
    """What tells one service's answers from another's: protocol and error shapes."""

    signing_name: str
    json_version: str | None
    """`1.1` for JSON by `X-Amz-Target`, `None` for REST-JSON."""
    error_shapes: Mapping[str, Shape]

    @classmethod
    def of(cls, model: ServiceModel) -> Self:
        """Return the dialect of a service, as its model declares it."""
        rest = model.metadata["protocol"] == "rest-json"
        return cls(
            signing_name=model.signing_name,
            json_version=None if rest else model.metadata["jsonVersion"],
            error_shapes={shape.name: shape for shape in model.error_shapes},
        )

    @property
    def content_type(self) -> str:
        """The content type of every answer."""
        version = self.json_version
        return f"application/x-amz-json-{version}" if version else "application/json"

    def status_of(self, code: str) -> int:
        """Return the HTTP status the model declares for an error, else 400."""
        shape = self.error_shapes.get(code)
        if shape is None:
            return 400
        declared = shape.metadata.get("error", {}).get("httpStatusCode")
        return int(declared or (500 if shape.metadata.get("fault") else 400))

    def message_member(self, code: str) -> str:
        """Return the name of an error's text: Comprehend's shapes say `Message`."""
        shape = self.error_shapes.get(code)
        return "Message" if shape is not None and "Message" in getattr(shape, "members", {}) else "message"
