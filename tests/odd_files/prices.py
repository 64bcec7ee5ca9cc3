"""Prices as shops write them; the shop's currency is INR, its locale en_IN."""

from decimal import Decimal

from tests.odd_files.case import Case, Facts, Read, Refused, case
from tests.odd_files.cells import bad_row, cell
from tests.odd_files.shop import published, row, table

NARROW, WIDE = "\u202f", "\u00a0"


def _priced(name: str, text: str, *reads: str, surely: bool = False) -> Case:
    """A price on line 3, read as one of these, such as `49.95 EUR`, or refused unless `surely`."""
    allowed = [published(1, 2, 3, changes={"P2": _money(each)}) for each in reads]
    refused = published(1, 3, refused=[Refused(line=3, column="discounted_price", found=text)])
    content = table([row(1), row(2, discounted_price=text), row(3)])
    return case(name, content, *allowed, *([] if surely else [refused]))


def _column(name: str, first: tuple[str, str], second: tuple[str, str]) -> Case:
    """Two prices of one column, of which one decides how the other is read: both are sure."""
    content = table([row(1, discounted_price=first[0]), row(2, discounted_price=second[0])])
    changes = {"P1": _money(first[1]), "P2": _money(second[1])}
    return case(name, content, published(1, 2, changes=changes))


def _money(written: str) -> Facts:
    amount, currency = written.split()
    return {"price": Decimal(amount), "currency": currency}


def _reduced(name: str, price: str, before: str, expected: Read) -> Case:
    return case(name, table([row(1), row(2, discounted_price=price, actual_price=before)]), expected)


LOWER = [Refused(line=3, column="actual_price")]
CASES = (
    _priced("euro-with-comma", "49,95 €", "49.95 EUR", surely=True),
    _priced("euro-with-point-and-comma", "1.299,00 €", "1299.00 EUR", surely=True),
    _priced("euro-with-one-point-and-three-digits", "1.299 €", "1299 EUR"),
    _priced("euro-before", "€ 12.50", "12.50 EUR", surely=True),
    _priced("euro-by-code", "12.50 EUR", "12.50 EUR", surely=True),
    _priced("euro-with-spaces-for-thousands", "1 299,00 €", "1299.00 EUR"),
    _priced("euro-with-no-break-spaces", f"1{WIDE}299,00{WIDE}€", "1299.00 EUR"),
    _priced("euro-with-narrow-spaces", f"1{NARROW}299,00{NARROW}€", "1299.00 EUR"),
    _priced("rupees-as-on-labels", "Rs. 399/-", "399 INR"),
    _priced("rupees-in-lakh", "₹1,39,900.50", "139900.50 INR", surely=True),
    _priced("rupees-with-mrp", "MRP 1299", "1299 INR"),
    _priced("dollars", "$1,299.99", "1299.99 USD", surely=True),
    _priced("dollars-of-the-states", "US$ 5", "5 USD", surely=True),
    _priced("dollars-of-australia", "A$ 5", "5 AUD"),
    _priced("pounds", "£1,234.50", "1234.50 GBP", surely=True),
    _priced("yen", "¥500", "500 JPY"),
    _priced("yen-in-full-width", "１２００円", "1200 JPY"),
    _priced("francs-with-apostrophe", "CHF 1'299.–", "1299 CHF"),
    _priced("francs-with-typographic-apostrophe", "CHF 1’299.50", "1299.50 CHF"),
    _priced("francs", "CHF 20", "20 CHF", surely=True),
    _priced("reais", "R$ 49,90", "49.90 BRL"),
    _priced("zloty", "49,99 zł", "49.99 PLN"),
    _priced("crowns-of-some-country", "kr 199", "199 SEK", "199 NOK", "199 DKK"),
    _priced("dong", "1.299.000 ₫", "1299000 VND"),
    _priced("arabic-digits", "٤٩٫٩٥ ر.س", "49.95 SAR"),
    _priced("dinars-with-three-decimals", "KWD 1.250", "1.250 KWD"),
    _priced("bare-with-comma-and-two-digits", "12,50", "12.50 INR"),
    _priced("bare-with-comma-and-three-digits", "1,234", "1234 INR"),
    _priced("bare-with-point-and-three-digits", "1.234", "1234 INR"),
    _priced("below-one", "0.99", "0.99 INR", surely=True),
    _priced("without-a-leading-zero", ".99", "0.99 INR"),
    _priced("a-point-at-the-end", "399.", "399 INR"),
    _column("a-point-decided-by-a-comma", ("1.299 €", "1299 EUR"), ("2.499,00 €", "2499.00 EUR")),
    _column("a-comma-decided-by-two-digits", ("1,299", "1299 INR"), ("1,39,900", "139900 INR")),
    _column("two-currencies", ("49,95 €", "49.95 EUR"), ("CHF 20", "20 CHF")),
    *(
        bad_row(name, "discounted_price", text)
        for name, text in {
            "price-of-nothing": "0",
            "price-of-nothing-in-euros": "0,00 €",
            "price-below-nothing": "-5",
            "price-below-nothing-with-sign": "−5 €",
            "price-on-demand": "ask us",
            "free": "free",
            "pieces-for-a-price": "100 pcs",
            "two-prices": "12 - 15 €",
            "two-points": "399.00.00",
            "points-and-commas-mixed-up": "12,345.67,89",
            "a-currency-that-is-none": "12 XYZ",
            "two-currencies-in-a-price": "$12 €",
            "price-with-letters": "1O9",
            "price-without-digits": "€",
            "scientific-price": "1e3",
            "endless-digits": "9" * 40,
        }.items()
    ),
    case(
        "no-price",
        table([row(1), row(2, discounted_price=""), row(3)]),
        published(1, 3, refused=[Refused(line=3, column="discounted_price")]),
    ),
    _reduced(
        "list-price-lower", "399", "99", published(1, 2, changes={"P2": {"list_price": None}}, refused=LOWER)
    ),
    _reduced(
        "list-price-in-another-currency",
        "₹399",
        "$1,099",
        published(1, 2, changes={"P2": {"list_price": None}}, refused=LOWER),
    ),
    _reduced(
        "list-price",
        "49,95 €",
        "99,95 €",
        published(
            1,
            2,
            changes={"P2": {"price": Decimal("49.95"), "list_price": Decimal("99.95"), "currency": "EUR"}},
        ),
    ),
    cell("discount-over-a-hundred", "discount_percentage", "150%", "P.discount_percent"),
)
