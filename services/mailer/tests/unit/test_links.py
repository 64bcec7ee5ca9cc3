import pytest

from encore.mailer.domain.message.links import UnsubscribeEndpoint, tracked, web_url


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
    assert web_url(url) == safe


@pytest.mark.parametrize(
    ("url", "query"),
    [
        ("https://s.example/p", "utm_source=encore&utm_medium=email&utm_campaign=r%201"),
        ("https://s.example/p?a=%20b&c", "a=%20b&c&utm_source=encore&utm_medium=email&utm_campaign=r%201"),
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
