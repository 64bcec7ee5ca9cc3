"""The links of an email: to products, with the run as their campaign, and to unsubscribe."""

import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

MAX_URL_CHARS = 2_000
_URL_SIGNS = "%/:?#[]@!$&'()*+,;=~"
_SIGNATURE_BYTES = 16


def web_url(url: str | None) -> str | None:
    """Return an http or https URL with unsafe characters percent-encoded; None for anything else."""
    candidate = (url or "").strip()
    if not candidate.isprintable() or len(candidate) > MAX_URL_CHARS:
        return None
    try:
        parts = urlsplit(candidate)
    except ValueError:
        return None
    if (
        parts.scheme not in {"http", "https"}
        or not parts.hostname
        or "@" in parts.netloc
        or " " in parts.netloc
    ):
        return None
    return quote(candidate, safe=_URL_SIGNS)


def tracked(url: str, *, campaign: str) -> str:
    """Add the UTM parameters that the URL does not have; its own query stays as it is."""
    parts = urlsplit(url)
    own = {name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
    utm = {"utm_source": "encore", "utm_medium": "email", "utm_campaign": campaign}
    added = urlencode({name: value for name, value in utm.items() if name not in own}, quote_via=quote)
    return urlunsplit(parts._replace(query="&".join(filter(None, (parts.query, added)))))


@dataclass(frozen=True)
class UnsubscribeEndpoint:
    """Where unsubscribe links lead, and the key that signs their tokens."""

    url: str
    key: bytes

    def link(self, customer_id: str) -> str:
        """Return the customer's link, with a token that only the owner of the key can make.

        The token is the customer id and an HMAC-SHA256 of it, so the endpoint needs no table of tokens.
        """
        identity = customer_id.encode("utf-8", "replace")
        signature = hmac.digest(self.key, b"unsubscribe:" + identity, sha256)[:_SIGNATURE_BYTES]
        token = ".".join(urlsafe_b64encode(part).decode().rstrip("=") for part in (identity, signature))
        return f"{self.url}{'&' if '?' in self.url else '?'}t={token}"
