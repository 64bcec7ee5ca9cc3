"""By what a customer is found besides their id: the digest of their address, and what URLs call them."""

from fondly.contracts.consent import address_entry
from fondly.contracts.email_index import customer_digest


def url_key(digest: str) -> str:
    """Return the key in the table `customer-keys` of what URLs call a customer."""
    return f"url#{digest}"


def customer_keys(customer_id: str, address: str | None) -> list[dict[str, str]]:
    """Return a customer's items in the table; none for an address that they do not have."""
    keys = [url_key(customer_digest(customer_id)), *([address_entry(address)] if address else [])]
    return [{"customer_key": key, "customer_id": customer_id} for key in keys]
