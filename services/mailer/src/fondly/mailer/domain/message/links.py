"""The links of an email: to products, with the run as their campaign, and to unsubscribe."""

from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from fondly.contracts.click_links import Click, ClickLinks
from fondly.contracts.tokens import UNSUBSCRIBE, sign
from fondly.mailer.domain.message.hosts import AllowedHosts

MAX_URL_CHARS = 2_000
MAX_WHO_CHARS = 700
"""The link stays within a line of 998 characters; tokens of ids in ASCII are shorter."""
_URL_SIGNS = "%/:?#[]@!$&'()*+,;=~"


def web_url(url: str | None, hosts: AllowedHosts) -> str | None:
    """Return an http or https URL of an allowed host, unsafe characters percent-encoded; else None."""
    candidate = (url or "").strip()
    if not candidate.isprintable() or len(candidate) > MAX_URL_CHARS:
        return None
    try:
        parts = urlsplit(candidate)
    except ValueError:
        return None
    allowed = parts.scheme in {"http", "https"} and hosts.allow(parts.netloc)
    return quote(candidate, safe=_URL_SIGNS) if allowed else None


def tracked(url: str, *, campaign: str) -> str:
    """Add the UTM parameters that the URL does not have; its own query stays as it is."""
    parts = urlsplit(url)
    own = {name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
    utm = {"utm_source": "fondly", "utm_medium": "email", "utm_campaign": campaign}
    added = urlencode({name: value for name, value in utm.items() if name not in own}, quote_via=quote)
    return urlunsplit(parts._replace(query="&".join(filter(None, (parts.query, added)))))


@dataclass(frozen=True)
class UnsubscribeEndpoint:
    """Where unsubscribe links lead, and the key that signs their tokens."""

    url: str
    key: bytes

    def link(self, customer_id: str) -> str:
        """Return the customer's link, with their token."""
        return f"{self.url}{_separator(self.url)}t={self.token(customer_id)}"

    def token(self, customer_id: str) -> str:
        """Return the customer's token: the id and its HMAC-SHA256, which only the key's owner can make."""
        return sign(self.key, UNSUBSCRIBE, customer_id)


@dataclass(frozen=True)
class UnsubscribeMail:
    """Where mails that unsubscribe go, and the key that signs their tokens, if there is one."""

    address: str
    key: bytes | None = None

    def link(self, customer_id: str) -> str:
        """Return the link that writes the customer's mail."""
        token = sign(self.key, UNSUBSCRIBE, customer_id) if self.key else None
        return by_email(self.address, customer_id, token=token)


@dataclass(frozen=True)
class ViewOnlineEndpoint:
    """Where finished emails can be read in a browser, and the key that signs the links."""

    url: str
    key: bytes

    def link(self, run_id: str, customer_id: str) -> str:
        """Return the link to one email: its run, and a token of the run's that names the customer."""
        joined = f"{self.url}{_separator(self.url)}run={quote(run_id, safe='')}"
        return f"{joined}&t={sign(self.key, f'view:{run_id}:', customer_id)}"


@dataclass(frozen=True)
class ClickEndpoint:
    """Where clicks are counted on their way to the shop, and what signs the links that lead there."""

    url: str
    links: ClickLinks

    def link(self, click: Click, target: str) -> str:
        """Return the link to a target by way of the endpoint."""
        return f"{self.url}{_separator(self.url)}{self.links.query(click, target)}"


def by_email(address: str, customer_id: str, *, token: str | None) -> str:
    """Return the mailto link (RFC 6068) with the customer in the subject, unless that is too long."""
    who = quote(token or customer_id, safe="")
    subject = f"unsubscribe%20{who}" if len(who) <= MAX_WHO_CHARS else "unsubscribe"
    return f"mailto:{quote(address, safe='@+')}?subject={subject}"


def _separator(url: str) -> str:
    return "&" if "?" in url else "?"
