"""Recommendations for made-up customers of the generated sample's shop."""

from collections.abc import Iterator, Sequence
from random import Random

from fondly.contracts.records import (
    AspectCount,
    OwnProduct,
    Pick,
    Product,
    ProductAspect,
    Reason,
    ReasonKind,
    Recommendation,
    RecommendationSource,
)
from fondly.evaluation.sample.catalogue import build_catalogue, product_of
from fondly.evaluation.sample.people import customer_name
from fondly.evaluation.sample.vocabulary import load_vocabulary

SEED = 7
PICKS = 5
SKEW = 2.0
"""Products are chosen by a uniform number to this power: the first are the popular ones."""
ASPECTS = ("sound quality", "battery life", "build quality", "picture quality", "comfort")
KINDS = (ReasonKind.LIKED, ReasonKind.GOES_WITH, ReasonKind.BETTER_RATED, ReasonKind.WELL_RATED)


def shop_products(number: int) -> list[Product]:
    """Return so many products of the sample's catalogue."""
    return [product_of(each) for each in build_catalogue(load_vocabulary(), seed=SEED, products=number)]


def recommendations(products: Sequence[Product], *, customers: int) -> Iterator[Recommendation]:
    """Yield a recommendation per customer; they share products that are picked for the same reason."""
    names = load_vocabulary().names
    for number in range(customers):
        random = Random(f"{SEED} {number}")  # noqa: S311 - made-up data
        chosen = _chosen(random, products)
        own, picks = chosen[0], chosen[1:]
        yield Recommendation(
            customer_id=f"C{number:08}",
            name=customer_name(names, number, seed=SEED),
            email=f"customer{number}@example.org",
            source=RecommendationSource.PERSONALIZE,
            picks=tuple(_pick(each, own, random) for each in picks),
            owned=(_owned(own),),
            praised=(
                ProductAspect(
                    product_id=own.product_id, product_name=own.name, aspect=random.choice(ASPECTS)
                ),
            ),
        )


def _chosen(random: Random, products: Sequence[Product]) -> list[Product]:
    chosen: dict[str, Product] = {}
    while len(chosen) <= PICKS:
        product = products[int(random.random() ** SKEW * len(products))]
        chosen[product.product_id] = product
    return list(chosen.values())


def _owned(own: Product) -> OwnProduct:
    return OwnProduct(product_id=own.product_id, product_name=own.name, category=own.category, polarity=0.8)


def _pick(product: Product, own: Product, random: Random) -> Pick:
    kind = random.choice(KINDS)
    about = {} if kind is ReasonKind.WELL_RATED else {"product_id": own.product_id, "product_name": own.name}
    aspect = Random(product.product_id).choice(ASPECTS)  # noqa: S311 - made-up data
    praised = AspectCount(aspect=aspect, praised=20, blamed=1)
    return Pick(product=product, reason=Reason(kind=kind, **about), praised=(praised,))
