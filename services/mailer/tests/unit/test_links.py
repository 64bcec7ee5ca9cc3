import re
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondly.contracts.tokens import UNSUBSCRIBE, verify
from fondly.mailer.domain.message.hosts import AllowedHosts
from fondly.mailer.domain.message.links import (
    UnsubscribeEndpoint,
    ViewOnlineEndpoint,
    by_email,
    tracked,
    web_url,
)


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://shop.example/p/1?a=b#c", "https://shop.example/p/1?a=b#c"),
        ("http://shop.example", "http://shop.example"),
        (" https://shop.example/a b", "https://shop.example/a%20b"),
        ("https://shop.example/ä?q=₹", "https://shop.example/%C3%A4?q=%E2%82%B9"),
        ('https://shop.example/"><script>', "https://shop.example/%22%3E%3Cscript%3E"),
        ("https://shop.example/a%20b", "https://shop.example/a%20b"),
        ("javascript:alert(1)", None),
        ("data:text/html,hi", None),
        ("//shop.example/p", None),
        ("/p/1", None),
        ("https://", None),
        ("https://user:pass@shop.example/", None),
        ("https://shop.example@evil.example/", None),
        ("https://[bad/", None),
        ("https://shop.example/a\nb", None),
        ("https://shop.example/" + "a" * 3_000, None),
        ("", None),
        (None, None),
    ],
)
def test_only_web_addresses_become_links(url: str | None, safe: str | None) -> None:
    """Only http and https with a host; unsafe characters in them are percent-encoded."""
    assert web_url(url, AllowedHosts(["*"])) == safe


@pytest.mark.parametrize(
    ("entries", "host", "allowed"),
    [
        ("shop.example", "shop.example", True),
        ("shop.example", "SHOP.example", True),
        ("shop.example", "www.shop.example", False),
        ("shop.example", "notshop.example", False),
        ("*.shop.example", "www.shop.example", True),
        ("*.shop.example", "shop.example.evil.example", False),
        ("*", "anything.example", True),
        ("*", "shop.example:8443", False),
        ("*", "user@shop.example", False),
        ("*", "shop.example.", False),
        ("*", "localhost", False),
        ("*", "127.0.0.1", False),
        ("*", "0x7f.1", False),
        ("*", "2130706433", False),
        ("*", "[::1]", False),
        ("*", "xn--shp-tna.example", False),
        ("*", "\u0455hop.example", False),
        ("*", "shop.example\\@evil.example", False),
        ("", "shop.example", False),
        ("localhost:8025", "localhost:8025", True),
        ("127.0.0.1:8025", "127.0.0.1:8025", True),
        ("xn--shp-tna.example", "xn--shp-tna.example", True),
    ],
)
def test_only_listed_hosts_are_linked(entries: str, host: str, allowed: bool) -> None:  # noqa: FBT001
    """`*` stands for registered names alone; everything unusual must be listed as it is."""
    hosts = AllowedHosts(filter(None, entries.split(",")))
    assert hosts.allow(host) is allowed
    assert (web_url(f"https://{host}/p", hosts) is not None) is allowed


@pytest.mark.parametrize(
    "entry", ["https://shop.example", "shop.example/p", "a b", "*shop", "\u0455hop.example"]
)
def test_a_list_of_hosts_names_hosts(entry: str) -> None:
    """A URL in the list would never match, so it is refused."""
    with pytest.raises(ValueError, match="expected one such as"):
        AllowedHosts([entry])


@pytest.mark.parametrize(
    ("url", "query"),
    [
        ("https://s.example/p", "utm_source=fondly&utm_medium=email&utm_campaign=r%201"),
        ("https://s.example/p?a=%20b&c", "a=%20b&c&utm_source=fondly&utm_medium=email&utm_campaign=r%201"),
        ("https://s.example/p?utm_source=x", "utm_source=x&utm_medium=email&utm_campaign=r%201"),
    ],
)
def test_a_links_own_query_is_kept(url: str, query: str) -> None:
    """UTM parameters follow it, unless the link has its own."""
    assert tracked(url, campaign="r 1") == f"https://s.example/p?{query}"
    assert tracked(f"{url}#top", campaign="r 1").endswith("#top")


def test_unsubscribe_tokens_differ_by_customer_and_key() -> None:
    """Only the owner of the key can make a customer's link."""
    url = "https://s.example/u"
    endpoints = [UnsubscribeEndpoint(url, key) for key in (b"one", b"two")]
    links = {endpoint.link(customer) for endpoint in endpoints for customer in ("C1", "C2", "Ünï")}
    assert len(links) == 6
    assert all(link.startswith("https://s.example/u?t=") and link.isascii() for link in links)
    assert endpoints[0].link("C1") == endpoints[0].link("C1")
    assert UnsubscribeEndpoint(f"{url}?a=b", b"one").link("C1").startswith(f"{url}?a=b&t=")


def test_an_email_to_unsubscribe_says_whom() -> None:
    """By the token of their link, so that nobody can unsubscribe another; without a key, by their id."""
    endpoint = UnsubscribeEndpoint("https://s.example/u", b"one")
    link = by_email("hello+news@s.example", "C1", token=endpoint.token("C1"))
    assert (
        link == f"mailto:hello+news@s.example?subject=unsubscribe%20{endpoint.link('C1').partition('t=')[2]}"
    )
    assert verify([b"one"], UNSUBSCRIBE, unquote(link).rpartition(" ")[2]) == "C1"
    assert by_email("a%b@s.example", "C 1&x", token=None) == (
        "mailto:a%25b@s.example?subject=unsubscribe%20C%201%26x"
    )


@given(st.text(min_size=1, max_size=256))
def test_a_link_to_unsubscribe_fits_into_a_header(customer_id: str) -> None:
    """Whatever the id; one that is too long is left out where it has no token."""
    token = UnsubscribeEndpoint("https://s.example/u", b"one").token(customer_id)
    for link in (by_email("a@s.example", customer_id, token=each) for each in (token, None)):
        assert re.fullmatch(r"mailto:a@s\.example\?subject=unsubscribe(%20[A-Za-z0-9._~%-]+)?", link)
        assert len(f"List-Unsubscribe: <{link}>") < 998
    assert token in by_email("a@s.example", customer_id, token=token) or len(token) > 700


def test_a_token_for_reading_an_email_serves_no_other() -> None:
    """It is bound to its run and purpose."""
    endpoint = ViewOnlineEndpoint("https://s.example/v", b"one")
    links = [endpoint.link("r 1", "C1"), endpoint.link("r 2", "C1"), endpoint.link("r 1", "C2")]
    assert links[0].startswith("https://s.example/v?run=r%201&t=")
    tokens = {link.partition("t=")[2] for link in links}
    assert len(tokens) == 3
    assert UnsubscribeEndpoint("https://s.example/u", b"one").link("C1").partition("t=")[2] not in tokens
