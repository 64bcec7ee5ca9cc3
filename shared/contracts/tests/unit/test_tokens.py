"""Tokens of links: who can make them, and what they are good for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondly.contracts.tokens import MAX_TOKEN_CHARS, UNSUBSCRIBE, sign, verify

KEY, OLD = b"k" * 32, b"o" * 32


@given(st.text(min_size=1, max_size=256).filter(lambda text: text.isprintable()))
def test_a_token_names_its_customer(customer_id: str) -> None:
    """Whatever the id is made of; keys of before still verify."""
    token = sign(OLD, UNSUBSCRIBE, customer_id)
    assert verify([KEY, OLD], UNSUBSCRIBE, token) == customer_id
    assert verify([KEY], UNSUBSCRIBE, token) is None
    assert verify([OLD], "view:", token) is None


@pytest.mark.parametrize(
    "token",
    ["", ".", "a", "a.b", "a.b.c", "=.=", "YQ.\u00e9", "YQ.YQ", "!" * 40, "a" * (MAX_TOKEN_CHARS + 1)],
)
def test_what_is_no_token_names_nobody(token: str) -> None:
    """Nothing is raised for what a stranger sends."""
    assert verify([KEY], UNSUBSCRIBE, token) is None


def test_a_changed_token_names_nobody() -> None:
    """Neither another customer with the same signature, nor a shorter signature."""
    token = sign(KEY, UNSUBSCRIBE, "c1")
    other = sign(KEY, UNSUBSCRIBE, "c2")
    assert verify([KEY], UNSUBSCRIBE, f"{other.split('.')[0]}.{token.split('.')[1]}") is None
    assert verify([KEY], UNSUBSCRIBE, token[:-4]) is None


def test_the_longest_id_has_a_token_that_verifies() -> None:
    """Nobody stays subscribed because of their id."""
    longest = "\U0001f600" * 256
    token = sign(b"key", UNSUBSCRIBE, longest)
    assert verify([b"key"], UNSUBSCRIBE, token) == longest
    assert len(token) <= MAX_TOKEN_CHARS


def test_a_token_of_any_release_verifies() -> None:
    """Links in the emails of last year have to work: the way of signing never changes."""
    token = "YzE.IfGalbTXSJCKExjvaYeEAw"
    assert sign(KEY, UNSUBSCRIBE, "c1") == token
    assert verify([KEY], UNSUBSCRIBE, token) == "c1"
