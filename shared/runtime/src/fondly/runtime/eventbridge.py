"""Events of AWS services, as EventBridge delivers them to a queue.

They are not CloudEvents and carry no run id, so they have their own model.
Source: Amazon EventBridge User Guide, "AWS service event metadata".
"""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from fondly.contracts.errors import PermanentError


class AwsEvent(BaseModel):
    """An AWS service's event; `resources` are the ARNs of what it concerns, often none."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)
    version: Literal["0"]
    id: str
    source: str
    detail_type: str = Field(alias="detail-type")
    time: datetime
    resources: tuple[str, ...] = ()
    detail: dict[str, Any]


def read_aws_event(body: str, *, source: str) -> AwsEvent | None:
    """Return EventBridge's event, None if it is none; raise `PermanentError` if it is not from `source`."""
    try:
        event = AwsEvent.model_validate_json(body)
    except ValidationError:
        return None
    if event.source != source:
        raise PermanentError(
            f"expected an event from {source}, got {event.detail_type!r} from {event.source}"
        )
    return event
