"""Listings of the sample as the records that services exchange."""

from decimal import Decimal

from fondly.contracts.records import Product
from fondly.stack.sample.catalogue import Listing

SHOP = "https://shop.example.com"


def product_of(listing: Listing) -> Product:
    """Return a listing's first variant, with a link to a made-up shop and a picture of it there."""
    price, list_price = (Decimal(paise) / 100 for paise in (listing.discounted_paise, listing.actual_paise))
    variant = listing.variants[0]
    return Product(
        product_id=variant.product_id,
        name=variant.name,
        category=tuple(listing.family.category.split("|")),
        price=price,
        list_price=list_price,
        discount_percent=int((list_price - price) * 100 / list_price),
        currency="INR",
        rating=Decimal(listing.rating_tenths) / 10,
        rating_count=listing.rating_count,
        bullets=listing.bullets,
        link=f"{SHOP}/p/{variant.product_id}",
        image_url=f"{SHOP}/i/{variant.product_id}.png",
    )
