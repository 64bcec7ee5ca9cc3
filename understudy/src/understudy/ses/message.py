"""A raw message, read as SES does: what it cannot parse it refuses.

Source: SES API v2 reference, `RawMessage`; RFC 5322, 3.6 (fields that stand at most once).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import policy
from email.errors import MessageDefect
from email.parser import BytesParser
from email.utils import getaddresses
from typing import TYPE_CHECKING

from understudy.ses.errors import bad_request

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from email.message import Message

    from understudy.wire.service import Params

MAX_BYTES = 40 * 1024 * 1024
MAX_LINE_BYTES = 1_000
MAX_RECIPIENTS = 50
MAX_TAG_CHARS = 256
ONCE = ("From", "Sender", "Reply-To", "To", "Cc", "Bcc", "Subject", "Date", "Message-ID", "MIME-Version")
_TAG = re.compile(r"[A-Za-z0-9_-]{1,256}")
_UNSAFE = re.compile(r"[\x00-\x20\x7f]")
_STRICT = policy.compat32.clone(raise_on_defect=True)


@dataclass(frozen=True)
class Email:
    """What somebody asks SES to send."""

    source: str
    """The plain address that it is from."""
    senders: tuple[str, ...]
    """All addresses that must be verified."""
    recipients: tuple[str, ...]
    headers: tuple[tuple[str, str], ...]
    tags: Mapping[str, str]
    configuration_set: str | None
    content: bytes

    def header(self, name: str) -> str:
        """The value of a field, empty if there is none."""
        return next((value for each, value in self.headers if each.lower() == name.lower()), "")


def read_email(params: Params) -> Email:
    """Return the email of a request of `SendEmail`; raise `ServiceError` (BadRequestException)."""
    raw = params["Content"].get("Raw")
    if raw is None:
        raise bad_request("understudy sends only raw messages, expected Content.Raw")
    content: bytes = raw["Data"]
    message = _parsed(content)
    headers = tuple((name, " ".join(str(value).split())) for name, value in message.items())
    senders = _addresses(message, "From") or [""]
    given = params.get("FromEmailAddress")
    source = plain_address(given) if given else senders[0]
    return Email(
        source=source,
        senders=tuple(
            dict.fromkeys(
                [source, *senders, *_addresses(message, "Sender"), *_addresses(message, "Return-Path")]
            )
        ),
        recipients=tuple(_recipients(params.get("Destination") or {}, message)),
        headers=headers,
        tags=_tags(params.get("EmailTags") or []),
        configuration_set=params.get("ConfigurationSetName"),
        content=content,
    )


def _parsed(content: bytes) -> Message:
    if len(content) > MAX_BYTES:
        raise bad_request(f"Message length is more than {MAX_BYTES} bytes long: '{len(content)}'.")
    if max(map(len, content.split(b"\n"))) > MAX_LINE_BYTES:
        raise bad_request(f"The message has a line of more than {MAX_LINE_BYTES} bytes.")
    try:
        message = BytesParser(policy=_STRICT).parsebytes(content)
        parts = [part for part in message.walk() if not part.is_multipart()]
        for part in parts:
            part.get_payload(decode=True)
    except MessageDefect as error:
        raise bad_request(f"The message cannot be parsed: {type(error).__name__}.") from error
    for name in ONCE:
        if len(message.get_all(name, [])) > 1:
            raise bad_request(f"Duplicate header '{name}'.")
    if "From" not in message:
        raise bad_request("Missing required header 'From'.")
    return message


def _recipients(destination: Mapping[str, Sequence[str]], message: Message) -> list[str]:
    """Those of the request or, without any, of the message."""
    given = [each for kind in ("To", "Cc", "Bcc") for each in destination.get(f"{kind}Addresses") or ()]
    named = [each for kind in ("To", "Cc", "Bcc") for each in _addresses(message, kind)]
    found = [plain_address(each) for each in given or named]
    if not found:
        raise bad_request("Missing destination: the message has no recipients.")
    if len(found) > MAX_RECIPIENTS:
        raise bad_request(f"Recipient count exceeds {MAX_RECIPIENTS}.")
    return found


def _addresses(message: Message, name: str) -> list[str]:
    return [
        address for _, address in getaddresses([str(each) for each in message.get_all(name, [])]) if address
    ]


def plain_address(text: str) -> str:
    """Return the one address in a text; raise for none, or for one that no server could be given."""
    found = [address for _, address in getaddresses([text])]
    address = found[0] if len(found) == 1 else ""
    local, at, domain = address.rpartition("@")
    if not at or not local or not domain:
        raise bad_request("Missing final '@domain'")
    if _UNSAFE.search(local):
        raise bad_request("Local address contains control or whitespace")
    if not local.isascii():
        raise bad_request("Local address contains non-ASCII characters")
    if ".." in domain or domain.startswith(".") or _UNSAFE.search(domain):
        raise bad_request("Domain contains illegal character")
    return address


def _tags(given: Sequence[Mapping[str, str]]) -> dict[str, str]:
    for tag in given:
        for what in ("Name", "Value"):
            if not _TAG.fullmatch(tag[what]):
                raise bad_request(
                    f"Invalid tag {what.lower()} <{tag[what][:MAX_TAG_CHARS]}>. Only alphanumeric ASCII "
                    "characters, '_', and '-' are allowed."
                )
    tags = {tag["Name"]: tag["Value"] for tag in given}
    if len(tags) < len(given):
        raise bad_request("Duplicate tag name.")
    return tags
