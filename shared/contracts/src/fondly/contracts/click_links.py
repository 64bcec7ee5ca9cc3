"""Links by which a click in an email is counted on its way to the shop.

A link has two signatures. One vouches for where it leads, so that it is no open redirect, whatever becomes of
the rest of it. The other is the customer's token: it vouches for whose email of which run it is, and what it
shows. In a test email the token is `TEST_TOKEN`: the link leads to the same place, and counts for nobody.
"""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from urllib.parse import parse_qsl, quote, urlencode

from fondly.contracts.tokens import SIGNATURE_BYTES, sign, verify

RUN, PRODUCT, TOKEN, TARGET, SIGNATURE = "r", "p", "c", "u", "s"
MAX_QUERY_CHARS = 8_000
"""A target of 2,000 characters may treble when it is encoded."""
SCHEMES = ("https://", "http://")
CACHED_TARGETS = 16_384


@dataclass(frozen=True)
class Click:
    """Whose email of which run a link belongs to, and which product it shows."""

    run_id: str
    customer_id: str
    product_id: str


@dataclass(frozen=True)
class ClickLinks:
    """Makes and reads the links of the owner of a key; earlier keys still read what they have signed."""

    keys: tuple[bytes, ...]
    """The one that signs first."""

    def query(self, click: Click, target: str) -> str:
        """Return the query of a link that leads to a target, an http or https URL."""
        key = self.keys[0]
        values = {
            RUN: click.run_id,
            PRODUCT: click.product_id,
            TOKEN: sign(key, _purpose(click.run_id, click.product_id), click.customer_id),
            SIGNATURE: _signed_target(key, target),
            TARGET: target,
        }
        return urlencode(values, quote_via=quote, safe="", errors="replace")

    def target(self, query: str) -> str | None:
        """Return where a link leads, if we have signed that."""
        values = _values(query)
        target, signature = values.get(TARGET, ""), values.get(SIGNATURE, "")
        known = [
            hmac.compare_digest(signature.encode(), _signed_target(key, target).encode()) for key in self.keys
        ]
        return target if any(known) and target.startswith(SCHEMES) else None

    def click(self, query: str) -> Click | None:
        """Return whose click it is, if we have signed that; None for a test's."""
        values = _values(query)
        run_id, product_id = values.get(RUN, ""), values.get(PRODUCT, "")
        customer_id = verify(self.keys, _purpose(run_id, product_id), values.get(TOKEN, ""))
        return Click(run_id, customer_id, product_id) if customer_id and run_id and product_id else None


def _purpose(run_id: str, product_id: str) -> str:
    """Of a fixed length, so that nothing of it can be taken for the beginning of a customer's id."""
    about = f"{len(run_id)}:{run_id}:{product_id}".encode("utf-8", "replace")
    return f"click:{sha256(about).hexdigest()}:"


@lru_cache(maxsize=CACHED_TARGETS)
def _signed_target(key: bytes, target: str) -> str:
    digest = hmac.digest(key, b"target:" + target.encode("utf-8", "replace"), sha256)
    return urlsafe_b64encode(digest[:SIGNATURE_BYTES]).decode().rstrip("=")


def _values(query: str) -> Mapping[str, str]:
    """Return the parameters; nothing of a query that is too long or has one of them twice."""
    if len(query) > MAX_QUERY_CHARS:
        return {}
    found = parse_qsl(query, keep_blank_values=True)
    values = dict(found)
    return values if len(values) == len(found) else {}
