"""Brands."""
from encore.contracts.records import Product
def joined(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())
def stated_brand(product: Product) -> str | None:
    return joined(product.brand or "") or None
