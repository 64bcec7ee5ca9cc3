"""Events that AWS services send by themselves, as EventBridge puts them into a queue.

They are no CloudEvents and name no run, so they have a model of their own.
Source: Amazon EventBridge User Guide, "AWS service event metadata".
"""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from encore.contracts.errors import PermanentError


class AwsEvent(BaseModel):
    """What happened at an AWS service; `resources` are the ARNs that it happened to, often none."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)
    version: Literal["0"]
    id: str
    source: str
    detail_type: str = Field(alias="detail-type")
    time: datetime
    resources: tuple[str, ...] = ()
    detail: dict[str, Any]


def read_aws_event(body: str, *, source: str) -> AwsEvent | None:
    """Return the event if an AWS service sent it through EventBridge, None for any other message.

    Raises `PermanentError` when the service is not `source`, such as `aws.personalize`.
    """
    try:
        event = AwsEvent.model_validate_json(body)
    except ValidationError:
        return None
    if event.source != source:
        raise PermanentError(f"expected events of {source}, got {event.detail_type!r} of {event.source}")
    return event
