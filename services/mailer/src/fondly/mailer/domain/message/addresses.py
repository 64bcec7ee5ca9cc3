"""Email addresses in the form that every header and mail server can carry: ASCII, unquoted.

An internationalised domain is accepted and written in Punycode, which any server understands. An
internationalised local part is not: it needs SMTPUTF8 (RFC 6531) at every hop, which Amazon SES does not
support.
"""

import re
from functools import lru_cache
from hashlib import sha256
from urllib.parse import quote

from email_validator import validate_email

UNDELIVERABLE_DOMAIN = "customers.invalid"
"""A domain that never exists (RFC 2606)."""
MAX_LOCAL_CHARS = 64
CACHED_DOMAINS = 4_096
_DOT_ATOM = re.compile(r"[A-Za-z0-9_%+-]+(?:\.[A-Za-z0-9_%+-]+)*")
"""A local part that needs no check beyond its length."""
MAX_ADDRESS_CHARS = 254


def header_address(address: str) -> str:
    """Return the ASCII form of an address; `ValueError` if by its form it is not one plain address."""
    if len(address) > MAX_ADDRESS_CHARS:
        raise ValueError(f"an email address has at most {MAX_ADDRESS_CHARS} characters")
    local, _, domain = address.partition("@")
    if len(local) <= MAX_LOCAL_CHARS and _DOT_ATOM.fullmatch(local):
        _, ascii_domain = _validated(f"x@{domain}")
        return f"{local}@{ascii_domain}"
    return "@".join(_validated(address))


@lru_cache(maxsize=CACHED_DOMAINS)
def _validated(address: str) -> tuple[str, str]:
    """Return the ASCII forms of local part and domain; customers share few domains, so these are kept."""
    valid = validate_email(
        address, allow_smtputf8=False, strict=True, check_deliverability=False, test_environment=True
    )
    return str(valid.ascii_local_part), str(valid.ascii_domain)


def deliverable(address: str | None) -> str | None:
    """Return the ASCII form of a customer's address, or None if there is none that is valid."""
    try:
        return header_address((address or "").strip())
    except ValueError:
        return None


def recipient(customer_id: str, address: str | None) -> str:
    """Return the customer's address or, without a valid one, an address that can never be delivered to."""
    return deliverable(address) or f"{_local_part(customer_id)}@{UNDELIVERABLE_DOMAIN}"


def _local_part(customer_id: str) -> str:
    """The id where it makes a local part (RFC 5321), else its hash."""
    local = quote(customer_id, safe="").strip(".").replace("..", "%2E.")
    if not local or len(local) > MAX_LOCAL_CHARS or ".." in local:
        return sha256(customer_id.encode("utf-8", "replace")).hexdigest()
    return local
