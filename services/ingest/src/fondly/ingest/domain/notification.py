"""Reads S3 event notifications ("Event message structure", Amazon S3 User Guide); keys are URL-encoded."""

from urllib.parse import unquote_plus

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from fondly.contracts.errors import PermanentError
from fondly.contracts.object_keys import UPLOADS
from fondly.ingest.domain.uploads import Upload

TEST_EVENT = "s3:TestEvent"
CREATED = "ObjectCreated:"


class _Model(BaseModel):
    model_config = ConfigDict(extra="ignore")


class _Bucket(_Model):
    name: str


class _Object(_Model):
    key: str = Field(min_length=1)
    size: int = 0
    etag: str = Field(default="", alias="eTag")
    version_id: str = Field(default="", alias="versionId")
    sequencer: str = ""


class _Entity(_Model):
    bucket: _Bucket
    object: _Object


class _EventRecord(_Model):
    event_name: str = Field(alias="eventName")
    event_time: AwareDatetime | None = Field(default=None, alias="eventTime")
    s3: _Entity


class _Notification(_Model):
    event: str = Field(default="", alias="Event")
    records: list[_EventRecord] | None = Field(default=None, alias="Records")


def read_notification(body: str, *, bucket: str) -> list[Upload]:
    """Return the uploads in a message, if any; `PermanentError` if it is none, or of another bucket."""
    try:
        notification = _Notification.model_validate_json(body)
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in problem["loc"]) or "body"
        raise PermanentError(f"not an S3 notification: {where}: {problem['msg']}") from error
    if notification.event == TEST_EVENT:
        return []
    if notification.records is None:
        raise PermanentError("not an S3 notification: Records is missing")
    foreign = {record.s3.bucket.name for record in notification.records} - {bucket}
    if foreign:
        raise PermanentError(
            f"notification for another bucket: found {', '.join(sorted(foreign))}, expected {bucket}"
        )
    return [_upload(record) for record in notification.records if _is_upload(record)]


def _is_upload(record: _EventRecord) -> bool:
    key = unquote_plus(record.s3.object.key)
    created = record.event_name.removeprefix("s3:").startswith(CREATED)
    return created and key.startswith(UPLOADS) and not key.endswith("/")


def _upload(record: _EventRecord) -> Upload:
    found = record.s3.object
    return Upload(
        key=unquote_plus(found.key),
        etag=found.etag.strip('"'),
        event=found.version_id or found.sequencer,
        at=record.event_time,
    )
