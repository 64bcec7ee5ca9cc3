"""Small shops for the tests."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from fondly.contracts.records import (
    Customer,
    Pick,
    Product,
    Purchase,
    Reason,
    ReasonKind,
    Recommendation,
    RecommendationSource,
    Review,
)

Category = tuple[str, ...]


def a_product(
    product_id: str, *category: str, price: float = 10, name: str | None = None, **more: object
) -> Product:
    """Return a product; its name has no word in common with others."""
    members = {"product_id": product_id, "name": name or f"thing{product_id}", "category": category}
    return Product.model_validate({**members, "price": Decimal(str(price)), "currency": "EUR", **more})


def a_customer(customer_id: str, *listed: str | tuple[str, ...], times: Sequence[int] = ()) -> Customer:
    """Return a customer with a review of each product, or of each tuple of them."""
    reviews = [
        Review(
            review_id=f"{customer_id}-{number}",
            product_ids=(ids,) if isinstance(ids, str) else ids,
            timestamp=times[number] if times else None,
        )
        for number, ids in enumerate(listed)
    ]
    return Customer(customer_id=customer_id, reviews=tuple(reviews))


def a_buyer(customer_id: str, *bought: str, times: Sequence[int] = ()) -> Customer:
    """Return a customer who bought each product by an order of its own, and has reviewed nothing."""
    orders = [
        Purchase(
            order_id=f"{customer_id}-{number}", product_id=each, timestamp=times[number] if times else None
        )
        for number, each in enumerate(bought)
    ]
    return Customer(customer_id=customer_id, purchases=tuple(orders))


def a_list(customer_id: str, *products: Product, kind: ReasonKind = ReasonKind.ASSORTMENT) -> Recommendation:
    """Return a customer's picks, all with the same kind of reason."""
    return Recommendation(
        customer_id=customer_id,
        source=RecommendationSource.PERSONALIZE,
        picks=tuple(Pick(product=product, reason=Reason(kind=kind)) for product in products),
    )


def by_id(*products: Product) -> Mapping[str, Product]:
    """Return products by their ids."""
    return {product.product_id: product for product in products}
