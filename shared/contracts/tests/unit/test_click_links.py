"""Links by which clicks are counted."""

from urllib.parse import parse_qs, quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondly.contracts.click_links import MAX_QUERY_CHARS, Click, ClickLinks
from fondly.contracts.tokens import TEST_TOKEN, UNSUBSCRIBE, sign

KEY, OLD = b"a key that nobody guesses", b"the key of last year"
LINKS = ClickLinks((KEY,))
CLICK = Click("run-0123456789abcdef", "K-7", "P1")
TARGET = "https://shop.example/p/1?a=b&utm_source=fondly#c"


def changed(**values: str) -> str:
    """The link's query with other parameters."""
    found = {name: value[0] for name, value in parse_qs(LINKS.query(CLICK, TARGET)).items()}
    return urlencode({**found, **values})


TEXT = st.text(min_size=1, max_size=60)


@given(TEXT, TEXT, TEXT, TEXT)
def test_what_is_signed_is_read_again(run_id: str, customer_id: str, product_id: str, path: str) -> None:
    """In any script, with any sign that has a meaning in queries."""
    click, target = Click(run_id, customer_id, product_id), f"https://shop.example/{path}"
    query = LINKS.query(click, target)
    assert (LINKS.click(query), LINKS.target(query)) == (click, target)
    assert query.isascii()


def test_links_of_earlier_keys_are_read() -> None:
    """Emails are read long after they were sent."""
    query = ClickLinks((OLD,)).query(CLICK, TARGET)
    both = ClickLinks((KEY, OLD))
    assert (both.click(query), both.target(query)) == (CLICK, TARGET)
    assert (LINKS.click(query), LINKS.target(query)) == (None, None)


@pytest.mark.parametrize(
    "query",
    [
        "",
        changed(u="https://evil.example/"),
        changed(u=f"{TARGET}x"),
        changed(u="//evil.example"),
        changed(s=""),
        changed(s="ä"),
        f"{LINKS.query(CLICK, TARGET)}&u={quote('https://evil.example/')}",
        f"u={quote('https://evil.example/')}&{LINKS.query(CLICK, TARGET)}",
        LINKS.query(CLICK, TARGET) + "&x=" + "y" * MAX_QUERY_CHARS,
    ],
)
def test_nobody_else_says_where_a_link_leads(query: str) -> None:
    """Neither by another address, nor by the same parameter twice."""
    assert LINKS.target(query) is None


def test_only_web_addresses_are_led_to_even_if_they_were_signed() -> None:
    """A script in a catalogue would have to pass twice."""
    assert LINKS.target(LINKS.query(CLICK, "javascript:alert(1)")) is None


@pytest.mark.parametrize(
    "query",
    [
        changed(r="run-fedcba9876543210"),
        changed(p="P2"),
        changed(c=sign(b"another key", "click:", "K-7")),
        changed(c=sign(KEY, UNSUBSCRIBE, "K-7")),
        changed(c=TEST_TOKEN),
        changed(c=""),
    ],
)
def test_clicks_count_only_for_whom_the_link_was_made(query: str) -> None:
    """The link leads on all the same: a test's among them."""
    assert LINKS.click(query) is None
    assert LINKS.target(query) == TARGET


def test_a_clicks_token_does_not_unsubscribe() -> None:
    """Nor could run and product change places with parts of the customer's id."""
    token = parse_qs(LINKS.query(CLICK, TARGET))["c"][0]
    assert sign(KEY, UNSUBSCRIBE, CLICK.customer_id) != token
    shifted = parse_qs(LINKS.query(Click(CLICK.run_id, "1:K-7", "P"), TARGET))["c"][0]
    assert shifted.partition(".")[2] != token.partition(".")[2]


PINNED = (
    "r=run-0123456789abcdef&p=P1&c=Sy03.gXSrlRosKLIyTVWNNDNaGQ&s=dulPJnuFn9GAgQZmQOuAEA"
    "&u=https%3A%2F%2Fshop.example%2Fp%2F1%3Fa%3Db%26utm_source%3Dfondly%23c"
)


def test_links_of_any_release_are_made_and_read_alike() -> None:
    """The way of signing never changes, and a link's own slashes are escaped."""
    assert LINKS.query(CLICK, TARGET) == PINNED
    assert (LINKS.click(PINNED), LINKS.target(PINNED)) == (CLICK, TARGET)


@pytest.mark.parametrize("target", ["http://shop.example/", "https://shop.example/"])
def test_a_target_may_be_http_or_https(target: str) -> None:
    """Whatever the shop's catalogue has."""
    assert LINKS.target(LINKS.query(CLICK, target)) == target


def test_what_is_no_text_is_replaced() -> None:
    """Half a surrogate pair in an id or an address makes no email fail."""
    query = LINKS.query(Click("run", "\ud800", "P"), "https://shop.example/")
    assert LINKS.click(query) == Click("run", "?", "P")
    assert LINKS.query(CLICK, "https://shop.example/\ud800").endswith("shop.example%2F%3F")


@pytest.mark.parametrize("click", [Click("", "K-7", "P1"), Click("run", "K-7", ""), Click("run", "", "P1")])
def test_a_click_without_run_product_or_customer_counts_for_nobody(click: Click) -> None:
    """Though we had signed it, and though the parameter may be missing."""
    query = LINKS.query(click, TARGET)
    assert LINKS.click(query) is None
    assert LINKS.click("&".join(each for each in query.split("&") if not each.endswith("="))) is None


def test_a_query_may_be_as_long_as_its_limit() -> None:
    """Longer ones are not even read."""
    query = LINKS.query(CLICK, TARGET)
    filled = f"{query}&x=".ljust(MAX_QUERY_CHARS, "y")
    assert LINKS.target(filled) == TARGET
    assert LINKS.target(filled + "y") is None
    assert MAX_QUERY_CHARS == 8_000
