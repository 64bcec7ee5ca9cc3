"""Links of an email: to products, counted by campaign, and to unsubscribe."""

import hmac
from base64 import urlsafe_b64encode
from hashlib import sha256
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

MAX_URL_CHARS = 2_000
_URL_SIGNS = "%/:?#[]@!$&'()*+,;=~"
_SIGNATURE_BYTES = 16


def web_url(url: str | None) -> str | None:
    """Return an http or https URL with everything unsafe percent-encoded; None for anything else."""
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
    """Add UTM parameters that the URL does not have yet; its own query stays as it is."""
    parts = urlsplit(url)
    own = {name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
    utm = {"utm_source": "encore", "utm_medium": "email", "utm_campaign": campaign}
    added = urlencode({name: value for name, value in utm.items() if name not in own}, quote_via=quote)
    return urlunsplit(parts._replace(query="&".join(filter(None, (parts.query, added)))))


def unsubscribe_url(base: str, key: bytes, customer_id: str) -> str:
    """Return the customer's unsubscribe link: `base` with a token that only the key's holder can make.

    The token is the customer id with an HMAC-SHA256 of it, so that whoever receives the click needs no table.
    """
    identity = customer_id.encode("utf-8", "replace")
    signature = hmac.digest(key, b"unsubscribe:" + identity, sha256)[:_SIGNATURE_BYTES]
    token = ".".join(urlsafe_b64encode(part).decode().rstrip("=") for part in (identity, signature))
    return f"{base}{'&' if '?' in base else '?'}t={token}"
