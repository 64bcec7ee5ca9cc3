"""The address of a mailbox that is read by IMAP, such as `imaps://replies%40shop.example@imap.shop.example`.

Source: RFC 5092 (the form of IMAP URLs); RFC 8314 (TLS from the first byte on).
"""

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from fondly.runtime.hosts import is_loopback

DEFAULT_FOLDER = "INBOX"
PORTS = {"imaps": 993, "imap": 143}
EXPECTED = "expected imaps://user@host/folder, the user percent-encoded (replies%40shop.example)"


@dataclass(frozen=True)
class MailboxUrl:
    """Where the mailbox is, and whose; its password is a setting of its own."""

    host: str
    port: int
    user: str
    folder: str
    is_tls: bool

    @classmethod
    def parse(cls, text: str) -> "MailboxUrl":
        """Read an address; raise `ValueError`, without what was found, if it is none or not protected."""
        try:
            parts = urlsplit(text)
            port = parts.port
        except ValueError:
            raise ValueError(f"not an address of a mailbox: {EXPECTED}") from None
        if parts.password is not None:
            raise ValueError("found a password in the address, expected it in sender_mailbox_password")
        if parts.scheme not in PORTS or not parts.hostname or not parts.username or parts.query:
            raise ValueError(f"not an address of a mailbox: {EXPECTED}")
        if parts.scheme == "imap" and not is_loopback(parts.hostname):
            raise ValueError("found imap, which sends the password in the clear: expected imaps")
        return cls(
            host=parts.hostname,
            port=port or PORTS[parts.scheme],
            user=unquote(parts.username),
            folder=unquote(parts.path.strip("/")) or DEFAULT_FOLDER,
            is_tls=parts.scheme == "imaps",
        )
