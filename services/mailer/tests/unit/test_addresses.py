import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondly.mailer.domain.message.addresses import header_address, recipient

INVALID = (
    "a@example",
    "a@example.org\r\nBcc: x@evil.example",
    "a@example.org\n",
    "a@example.org, b@example.org",
    "A <a@example.org>",
    '"a b"@example.org',
    '"a\\r\\nb"@example.org',
    "a..b@example.org",
    "a@[127.0.0.1]",
    "a@localhost",
    "ä@example.org",
    "a@example.org\x00",
    f"{'a' * 65}@example.org",
    f"a@{'b.' * 200}org",
    "a" * 1_000_000,
    "",
)


@pytest.mark.parametrize(
    ("address", "ascii_form"),
    [
        ("a.b+c@mail.example.org", "a.b+c@mail.example.org"),
        ("hello@shop.example", "hello@shop.example"),
        ("trial@shop.test", "trial@shop.test"),
        ("Hello@SHOP.example", "Hello@shop.example"),
        ("a@bücher.example", "a@xn--bcher-kva.example"),
    ],
)
def test_a_valid_address_is_written_in_ascii(address: str, ascii_form: str) -> None:
    """The domain in lower case and in Punycode, which every mail server understands."""
    assert header_address(address) == ascii_form


@pytest.mark.parametrize("address", INVALID)
def test_an_address_that_could_break_a_header_is_invalid(address: str) -> None:
    """Only one plain address is valid, nothing that could become a second header or recipient."""
    with pytest.raises(ValueError, match=r"email|@-sign"):
        header_address(address)


@given(address=st.text(max_size=300) | st.emails())
def test_any_text_becomes_one_plain_address(address: str) -> None:
    """No blanks, brackets, quotes or line ends, whatever a file has as an address."""
    found = recipient("C1", address)
    assert found.isascii()
    assert found.isprintable()
    assert found.count("@") == 1
    assert not set(' <>()[],;:"\\') & set(found)


@pytest.mark.parametrize("address", [" a@example.org ", "a@example.org\n"])
def test_blanks_around_a_customers_address_are_dropped(address: str) -> None:
    """Exports often have them."""
    assert recipient("C1", address) == "a@example.org"


@pytest.mark.parametrize(
    ("customer_id", "address", "found"),
    [
        ("C1", "a@example.org", "a@example.org"),
        ("C1", None, "C1@customers.invalid"),
        ("C1", "a@example.org\r\nBcc: x", "C1@customers.invalid"),
        ("A b/c", None, "A%20b%2Fc@customers.invalid"),
        (".a..b.", None, "a%2E.b@customers.invalid"),
    ],
)
def test_without_a_usable_address_nothing_can_be_delivered(
    customer_id: str, address: str | None, found: str
) -> None:
    """The placeholder is in a domain that never exists (RFC 2606)."""
    assert recipient(customer_id, address) == found


def test_a_long_id_becomes_a_short_placeholder() -> None:
    """A local part has at most 64 characters (RFC 5321)."""
    local, _, domain = recipient("x" * 256, None).partition("@")
    assert len(local) == 64
    assert domain == "customers.invalid"


def test_every_customer_has_their_own_placeholder() -> None:
    """Those of different customers differ."""
    assert len({recipient(customer_id, None) for customer_id in ("a", "a.", "b", "x" * 65, "x" * 66)}) >= 4
