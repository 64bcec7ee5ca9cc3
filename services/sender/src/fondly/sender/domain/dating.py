"""The date of an email is when it is handed over: its approval, a start or quiet hours may be days later."""

from datetime import datetime
from email.utils import format_datetime

from fondly.sender.domain.fields import HeaderError, body_of, joined, read_fields

DATE = b"Date"


def dated(content: bytes, at: datetime) -> bytes:
    """Return a finished email with this moment as its `Date`, in the moment's own zone.

    Mail programs sort by it, and filters hold one that is days old against an email. RFC 5322, 3.6.1, wants
    the moment at which a message is ready to be delivered. A message whose header cannot be read stays as it
    is: whoever hands it over refuses it.
    """
    try:
        fields = read_fields(content)
    except HeaderError:
        return content
    value = f" {format_datetime(at)}".encode("ascii")
    return joined(
        (field._replace(value=value) if field.is_named(DATE) else field for field in fields), body_of(content)
    )
