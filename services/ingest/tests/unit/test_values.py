from collections.abc import Callable
from decimal import Decimal

import pytest

from encore.ingest.domain import values


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("₹1,39,900.50", "139900.50", "INR"),
        ("₹399", "399", "INR"),
        ("₹ 1,099", "1099", "INR"),
        ("Rs. 250", "250", "INR"),
        ("$1,234,567.89", "1234567.89", "USD"),
        ("12.50 €", "12.50", "EUR"),
        ("£0.99", "0.99", "GBP"),
        ("CHF 20", "20", "CHF"),
        ("1099", "1099", "INR"),
    ],
)
def test_prices_keep_every_digit_and_their_currency(text: str, amount: str, currency: str) -> None:
    """Western and Indian groups, symbols and codes; a bare number is in the default currency."""
    assert values.read_price(text, default_currency="INR") == (Decimal(amount), currency)


@pytest.mark.parametrize(
    "text", ["", "free", "-5", "1.2.3", "12,50", "1,0", "₹", "1e3", "$5€", "9" * 16, "٣"]
)
def test_invalid_prices_are_rejected(text: str) -> None:
    """Above all a decimal comma: as a group separator it would make the price a hundred times too high."""
    with pytest.raises(ValueError, match="is not a valid price"):
        values.read_price(text, default_currency="INR")


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (values.read_percent, "64%", 64),
        (values.read_percent, "64.9 %", 64),
        (values.read_percent, "0", 0),
        (values.read_count, "4,26,973", 426_973),
        (values.read_count, "12", 12),
        (values.read_count, "0", 0),
        (values.read_stock_state, "Yes", True),
        (values.read_stock_state, "TRUE", True),
        (values.read_stock_state, "1", True),
        (values.read_stock_state, "in stock", True),
        (values.read_stock_state, "In_Stock", True),
        (values.read_stock_state, "no", False),
        (values.read_stock_state, "False", False),
        (values.read_stock_state, "0", False),
        (values.read_stock_state, "Out of stock", False),
        (values.read_stock_state, "out-of-stock", False),
        (values.read_rating, "4.2", Decimal("4.2")),
        (values.read_rating, "5", Decimal(5)),
        (values.read_timestamp, "1672909124", 1_672_909_124),
        (values.read_timestamp, "1672909124000", 1_672_909_124),
        (values.read_timestamp, "2023-01-05", 1_672_876_800),
        (values.read_timestamp, "2023-01-05T01:00:00+01:00", 1_672_876_800),
        (values.read_age, "40", 40),
        (values.read_email, "asha.k+shop@mail.example.com", "asha.k+shop@mail.example.com"),
        (values.read_url, "https://shop.example.com/p?a=b,c", "https://shop.example.com/p?a=b,c"),
        (values.read_path, "Computers|| Cables |", ("Computers", "Cables")),
    ],
)
def test_values_are_read_as_shops_write_them(read: Callable[[str], object], text: str, value: object) -> None:
    """One example of each accepted notation."""
    assert read(text) == value


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (values.read_percent, "-1%"),
        (values.read_percent, "101%"),
        (values.read_count, "4.5"),
        (values.read_count, "1,2"),
        (values.read_count, "-1"),
        (values.read_stock_state, "2"),
        (values.read_stock_state, "maybe"),
        (values.read_stock_state, "preorder"),
        (values.read_rating, "5.1"),
        (values.read_rating, "NaN"),
        (values.read_timestamp, "4102444800"),
        (values.read_timestamp, "1969-12-31"),
        (values.read_age, "151"),
        (values.read_email, "Asha <asha@example.com>"),
        (values.read_email, "a@example.com,b@example.com"),
        (values.read_email, "asha@localhost"),
        (values.read_url, "https:///nowhere"),
        (values.read_url, "https://a.example.com/" + "x" * 2048),
        (values.read_url, 'https://a.example.com/"onload'),
        (values.read_id, ""),
        (values.read_id, "₹" * 86),
    ],
)
def test_invalid_values_are_rejected(read: Callable[[str], object], text: str) -> None:
    """Every reader raises `ValueError` with the reason."""
    with pytest.raises(ValueError, match=r"\w"):
        read(text)
