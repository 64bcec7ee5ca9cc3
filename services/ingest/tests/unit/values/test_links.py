"""Which links emails may have: to public web sites, in ASCII."""

import pytest

from fondly.ingest.domain.errors import UnreadableError
from fondly.ingest.domain.values.links import LinkPolicy, read_url

ANY = LinkPolicy()


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://shop.example.com/p?a=b,c#d", None),
        ("http://shop.example.com", None),
        ("https://shop.example.com?page=1", None),
        ("https://a_b.example.com/~x/[1]/%20", None),
        ("HTTPS://Shop.Example.COM/P", "https://shop.example.com/P"),
        ("https://shop.example.com./p", "https://shop.example.com/p"),
        ("https://shop.example.com:443/p", "https://shop.example.com/p"),
        ("http://shop.example.com:443/p", None),
        ("https://müller.example/p", "https://xn--mller-kva.example/p"),
        ("https://xn--mller-kva.example/p", None),
        ("https://ＳＨＯＰ。example.com/p", "https://shop.example.com/p"),  # noqa: RUF001
        ("https://shop.example.com/Größe?q=ä", "https://shop.example.com/Gr%C3%B6%C3%9Fe?q=%C3%A4"),
        ("https://93.184.216.34/p", None),
        ("https://[2606:2800:220:1::1]/p", None),
        ("https://fun.lanterns.example/p", None),
    ],
)
def test_links_to_public_hosts_are_read(text: str, url: str | None) -> None:
    """Unchanged, or written in ASCII and without what says nothing."""
    assert read_url(text, ANY) == (url or text)


PUBLIC, WEB = "a URL of a public host", "an http or https URL"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *[
            (f"http://{host}/x", PUBLIC)
            for host in (
                "localhost",
                "LOCALHOST.",
                "shop.localhost",
                "printer",
                "nas.local",
                "db.internal",
                "router.lan",
                "tv.home.arpa",
                "1.0.0.127.in-addr.arpa",
                "127.0.0.1",
                "127.0.0.1.",
                "127.1",
                "127.0.1",
                "2130706433",
                "0x7f000001",
                "0x7f.0.0.1",
                "0177.0.0.1",
                "017700000001",
                "１２７.0.0.1",  # noqa: RUF001 - full-width digits
                "127。0。0。1",
                "0.0.0.0",  # noqa: S104 - a host, not one to listen on
                "0",
                "10.0.0.1",
                "172.16.0.1",
                "192.168.1.1",
                "169.254.169.254",
                "100.64.0.1",
                "224.0.0.1",
                "255.255.255.255",
                "999.1.1.1",
                "1.2.3.4.5",
                "[::1]",
                "[::]",
                "[::ffff:127.0.0.1]",
                "[::ffff:7f00:1]",
                "[::127.0.0.1]",
                "[64:ff9b::127.0.0.1]",
                "[2002:7f00:1::]",
                "[2001:0:7f00:1::]",
                "[fe80::1]",
                "[fe80::1%25eth0]",
                "[fc00::1]",
                "[ff02::1]",
                "[2001:db8::1]",
                "[1.2.3.4]",
                "[x]",
                "shop..example.com",
                ".example.com",
                "-shop.example.com",
                "shop.example.com-",
                "sh%6fp.example.com",
                "shop example.com",
                "xn--a.example",
                "shop\u2044.example.com",
                "a" * 64 + ".example.com",
                ".".join(["abcdefg"] * 33),
            )
        ],
        ("https://user:secret@shop.example.com/", "a URL without a user or password"),
        ("https://shop.example.com@evil.example/", "a URL without a user or password"),
        ("https://shop.example.com:8080/", "a URL without a port, or with port 80 or 443"),
        ("https://shop.example.com:/", "a URL without a port, or with port 80 or 443"),
        ("https://shop.example.com/" + "x" * 2048, "a URL of at most 2,048 characters"),
        ("", WEB),
        ("shop.example.com/p", WEB),
        ("//shop.example.com/p", WEB),
        ("ftp://shop.example.com/p", WEB),
        ("javascript:alert(1)", WEB),
        ("https:shop.example.com", WEB),
        ("https:///nowhere", WEB),
        ("https://[bad", WEB),
        ("https://shop.example.com\\@evil.example/", WEB),
        ("https://shop.example.com/a b", WEB),
        ("https://shop.example.com/a\u00a0b", WEB),
        ("https://shop.example.com/a\nb", WEB),
        ("https://shop.example.com/a\u200bb", WEB),
        ('https://shop.example.com/"onload', WEB),
        ("https://shop.example.com/<b>", WEB),
    ],
)
def test_all_other_links_are_refused(text: str, expected: str) -> None:
    """Private addresses in every spelling that a browser understands, and what hides where a link leads."""
    with pytest.raises(UnreadableError) as refused:
        read_url(text, ANY)
    assert refused.value.expected == expected
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("shop.example", True),
        ("SHOP.example.", True),
        ("www.shop.example", False),
        ("img.cdn.example", True),
        ("a.b.cdn.example", True),
        ("cdn.example", False),
        ("evilcdn.example", False),
        ("xn--mller-kva.example", True),
        ("evil.example", False),
    ],
)
def test_a_policy_allows_hosts_and_what_is_below_them(host: str, allowed: bool) -> None:  # noqa: FBT001 - a case
    """A pattern with a star means every host below, not the host itself."""
    policy = LinkPolicy(("shop.example", "*.cdn.example", "müller.example"))
    if allowed:
        assert read_url(f"https://{host}/", policy)
        return
    with pytest.raises(UnreadableError, match="a URL of an allowed host"):
        read_url(f"https://{host}/", policy)


LOCAL = LinkPolicy(("*", "localhost:8026", "10.0.0.5", "[::1]:80"))


@pytest.mark.parametrize(
    "text",
    [
        "http://localhost:8026/p",
        "http://LOCALHOST:8026/p",
        "http://10.0.0.5/p",
        "http://[::1]:80/p",
        "https://any.example/p",
    ],
)
def test_a_policy_may_name_what_no_link_may_lead_to_otherwise(text: str) -> None:
    """Such as the pictures of a stack on one's own machine."""
    assert read_url(text, LOCAL) == text.lower()


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8027", "10.0.0.6", "10.0.0.5:8080", "0xa000005", "*"]
)
def test_such_an_entry_allows_exactly_what_it_says(host: str) -> None:
    """No other port, and no other spelling."""
    with pytest.raises(UnreadableError):
        read_url(f"http://{host}/p", LOCAL)


@pytest.mark.parametrize(
    "entry", ["", "*.localhost", "*.10.0.0.5", "a.*.example", "https://shop.example", "a b"]
)
def test_a_policy_of_anything_but_hosts_is_a_mistake(entry: str) -> None:
    """It is refused at once, not when the first link is read."""
    with pytest.raises(ValueError, match=r"expected one such as shop\.example"):
        LinkPolicy(("shop.example", entry))
