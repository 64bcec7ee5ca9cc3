"""A finished email as a trial gets it: to somebody of the shop, with a subject that says what it is."""

from encore.sender.domain.fields import Field, body_of, joined, read_fields

MARK = b" [Test]"


def trial_email(content: bytes, address: str) -> bytes:
    """Return the message with another recipient and a marked subject."""
    fields = [
        Field(field.name, b" " + address.encode())
        if field.is_named(b"to")
        else Field(field.name, MARK + field.value)
        if field.is_named(b"subject")
        else field
        for field in read_fields(content)
    ]
    return joined(fields, body_of(content))
