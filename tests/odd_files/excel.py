"""What spreadsheets and programs leave in cells."""

from decimal import Decimal

from tests.odd_files.cells import bad_row, cell, empty, product_id

EMPTIES = {
    "null": "NULL",
    "null-small": "null",
    "none": "None",
    "nan": "nan",
    "nan-capital": "NaN",
    "na": "N/A",
    "na-of-excel": "#N/A",
    "a-dash": "-",
    "two-dashes": "--",
    "a-long-dash": "—",
}
ERRORS = {
    "ref": "#REF!",
    "value": "#VALUE!",
    "div": "#DIV/0!",
    "name": "#NAME?",
    "na": "#N/A",
    "hashes": "########",
}

CASES = (
    product_id("formula-of-a-text", '="001"', "001"),
    product_id("apostrophe-before-an-id", "'00123", "00123", "'00123"),
    product_id("scientific-id", "1.23E+12"),
    product_id("scientific-id-with-a-comma", "1,23E+12"),
    product_id("number-with-a-decimal-for-an-id", "1001.0", "1001", "1001.0"),
    cell("formula-of-a-price", "discounted_price", '="499.50"', "P.price", Decimal("499.50"), surely=True),
    cell("scientific-count", "rating_count", "1E+05", "P.rating_count", 100_000),
    cell("a-count-with-a-decimal", "rating_count", "1204.0", "P.rating_count", 1_204),
    cell("true-in-capitals", "in_stock", "TRUE", "P.in_stock", True, surely=True),
    cell("false-in-capitals", "in_stock", "FALSE", "P.in_stock", False, surely=True),
    cell("stock-with-a-decimal", "stock", "5.0", "P.in_stock", True),
    cell("percent-as-a-fraction", "discount_percentage", "0.64", "P.discount_percent", 64),
    cell("rating-with-a-comma", "rating", "4,2", "P.rating", Decimal("4.2")),
    cell("rating-out-of-five", "rating", "4.2/5", "P.rating", Decimal("4.2")),
    cell("rating-in-words", "rating", "4.2 out of 5 stars", "P.rating", Decimal("4.2")),
    cell("rating-of-seven", "rating", "7", "P.rating"),
    bad_row("price-in-brackets", "discounted_price", "(5.00)"),
    *(bad_row(f"{name}-error-for-a-price", "discounted_price", text) for name, text in ERRORS.items()),
    *(product_id(f"{name}-for-an-id", EMPTIES[name]) for name in ("null", "na-of-excel", "nan")),
    *(empty(f"{name}-for-nothing", text) for name, text in EMPTIES.items()),
)
