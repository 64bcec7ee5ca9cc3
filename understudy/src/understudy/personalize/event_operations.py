"""Events, one at a time, through a group's tracker."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from understudy.personalize.csv_import import IDS, MAX_ID_LENGTH, MAX_STRING_LENGTH
from understudy.personalize.data_operations import DataOperations, only_of
from understudy.personalize.errors import invalid_input
from understudy.personalize.kinds import EVENT_TRACKER, Status
from understudy.personalize.registry import Registry
from understudy.personalize.resource import Resource
from understudy.personalize.schemas import Field, Schema
from understudy.personalize.store import Streamed
from understudy.wire.service import Handler, Params, ServiceError

_MAX_EVENT_BYTES = 10_240
_NO_SESSION = "null"
_INTEGERS = frozenset({"int", "long"})

Record = dict[str, str | float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventOperations:
    """Adds events, which count for recommendations at once and for models at the next training."""

    registry: Registry
    data: DataOperations

    def operations(self) -> Mapping[str, Handler]:
        """Return the operations of `personalize-events`."""
        return {"PutEvents": self.put_events}

    async def put_events(self, params: Params) -> Params:
        """Answer PutEvents: all events are recorded, or none.

        Without a user, the session stands for one. Events of the session `null`, which a careless client
        sends, are dropped, as on AWS.
        """
        tracker = self._tracker(params["trackingId"])
        dataset = self._interactions(tracker)
        schema = self.data.schema(dataset)
        user = str(params.get("userId", params["sessionId"]))
        events = [_event(schema, user, event) for event in params["eventList"]]
        if params["sessionId"] != _NO_SESSION:
            self.data.records.put(dataset, events)
        return {}

    def _tracker(self, tracking_id: str) -> Resource:
        for tracker in self.registry.find(EVENT_TRACKER):
            if tracker.detail["trackingId"] == tracking_id and tracker.status is Status.ACTIVE:
                return tracker
        raise invalid_input(f"The tracking id {tracking_id} is not valid.")

    def _interactions(self, tracker: Resource) -> Resource:
        found = only_of("INTERACTIONS", self.data.datasets(tracker.detail["datasetGroupArn"]))
        if found is None:
            raise invalid_input("The dataset group has no Interactions dataset.")
        return found


def _event(schema: Schema, user: str, event: Params) -> Streamed:
    properties = _properties(event.get("properties", "{}"))
    given: dict[str, Any] = {
        **properties,
        "userId": user,
        "eventType": event["eventType"],
        "timestamp": int(event["sentAt"].timestamp()),
    }
    for key in ("itemId", "eventValue", "recommendationId"):
        if key in event:
            given[key] = event[key]
    if "impression" in event:
        given["impression"] = "|".join(event["impression"])
    source = event.get("metricAttribution", {}).get("eventAttributionSource")
    if source is not None:
        given["eventAttributionSource"] = source
    record = _record(schema, given)
    if len(json.dumps(given).encode()) > _MAX_EVENT_BYTES:
        raise invalid_input(f"An event may have at most {_MAX_EVENT_BYTES} bytes.")
    return Streamed(user, record, event.get("eventId") or _identity(record))


def _identity(record: Record) -> str:
    """Return what equal events have in common, and others have not: they count once."""
    return sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()


def _properties(text: str) -> dict[str, Any]:
    """Return the properties, which are a flat JSON object in a string."""
    try:
        properties = json.loads(text)
    except ValueError as error:
        raise invalid_input("Error parsing properties json") from error
    if not isinstance(properties, dict) or any(isinstance(each, dict) for each in properties.values()):
        raise invalid_input("Error parsing properties json")
    return properties


def _record(schema: Schema, given: Mapping[str, Any]) -> Record:
    """Return the columns of a record: properties are named like fields, in camel case; others are ignored."""
    by_name = {_plain(name): value for name, value in given.items()}
    return {field.name: _value(field, by_name.get(_plain(field.name))) for field in schema.fields}


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


def _value(field: Field, value: object) -> str | float | None:
    """Return a value of the field's type; raise InvalidInputException if it is none."""
    if value is None or value == "":
        if field.nullable:
            return None
        raise invalid_input(f"The required property {field.name} is missing.")
    if field.type == "string":
        return _text(field, value)
    if field.type == "boolean":
        if str(value).lower() not in {"true", "false"}:
            raise _wrong_type(field)
        return float(str(value).lower() == "true")
    try:
        number = float(str(value))
    except ValueError as error:
        raise _wrong_type(field) from error
    if not math.isfinite(number) or (field.type in _INTEGERS and not number.is_integer()):
        raise _wrong_type(field)
    return number


def _text(field: Field, value: object) -> str:
    """Return a string, of a list with its parts between `|`; one that is too long is refused."""
    given = value if isinstance(value, list) else [value]
    parts = [part for part in given if isinstance(part, str)]
    if len(parts) < len(given):
        raise _wrong_type(field)
    text = "|".join(parts)
    if len(text) > (MAX_ID_LENGTH if field.name in IDS else MAX_STRING_LENGTH):
        raise invalid_input(f"The value of {field.name} is too long.")
    return text


def _wrong_type(field: Field) -> ServiceError:
    return invalid_input(f"The value of {field.name} is not of type {field.type}.")
