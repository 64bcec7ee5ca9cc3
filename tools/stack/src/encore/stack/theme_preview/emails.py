"""The email of the preview: made-up products of the sample's catalogue, and copy for them."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from functools import cache

from encore.contracts.records import Pick, Product, Reason, ReasonKind, Recommendation, RecommendationSource
from encore.mailer.domain.copy.fields import Copy
from encore.mailer.domain.facts.email import EmailFacts, email_facts
from encore.mailer.domain.language import language
from encore.mailer.domain.message.content import ContentMaker, EmailContent, Links
from encore.mailer.domain.message.hosts import AllowedHosts
from encore.mailer.domain.message.theme import Brand
from encore.stack.pictures.addresses import picture_name
from encore.stack.sample.catalogue import Listing, build_catalogue
from encore.stack.sample.vocabulary import load_vocabulary

SEED = 7
PICKS = 5
PRODUCTS = 24
BRAND = Brand(name="Encore Shop", postal_address="Encore Shop, 1 Example Street, Bengaluru 560001, India")
LANGUAGE = language("en_IN")
LINKS = Links(
    campaign="run-preview",
    unsubscribe="https://shop.example.com/unsubscribe?t=preview",
    view_online="https://shop.example.com/emails?run=run-preview&t=preview",
)
COPY = Copy(
    subject="{customer.first_name}, something to go with your {1.name}",
    preheader="Five things, picked by what you told us about the last ones.",
    greeting="Hello {customer.first_name},",
    intro="You told us what you think of your last purchases, so here are some that go well with them.",
    lines={
        "1": "A good companion for what you have, and one of the things that our customers come back to.",
        "2": "Made for everyday use, with the small details that you notice after a week.",
        "3": "A step up from the one you own, without a new routine.",
        "4": "Something different, close to what you liked before.",
        "5": "Worth a look if you have room for one more.",
    },
    closing="Thank you for shopping with us. Your reviews make the next list better.",
)


def preview_content(*, picks: int = PICKS, pictures: bool = True) -> EmailContent:
    """Return the content of an email with up to five products; pictures are those of the preview's server."""
    facts, maker = _facts(picks), ContentMaker(LANGUAGE, links=AllowedHosts("*"), pictures=AllowedHosts("*"))
    copy = replace(COPY, lines={str(each.number): COPY.lines[str(each.number)] for each in facts.products})
    made = maker.content(facts, copy, LINKS)
    shown = (
        card._replace(image_url=_picture(listing) if pictures else None)
        for card, listing in zip(made.cards, _listings(), strict=False)
    )
    return replace(made, cards=tuple(shown), links_left_out=0)


@cache
def _facts(picks: int) -> EmailFacts:
    listings = _listings()
    shown, owned = listings[:picks], listings[picks + 1 :]
    recommendation = Recommendation(
        customer_id="C-preview",
        name="Ananya Rao",
        email="ananya@example.com",
        source=RecommendationSource.PERSONALIZE,
        picks=tuple(map(_pick, shown, _reasons(owned, shown))),
    )
    return email_facts(recommendation, brand=BRAND.name, locale="en_IN")


@cache
def _listings() -> list[Listing]:
    return build_catalogue(load_vocabulary(), seed=SEED, products=PRODUCTS)


def _picture(listing: Listing) -> str:
    return f"/pictures/{picture_name(listing.family.key, listing.variants[0].colour)}"


def _pick(listing: Listing, reason: Reason) -> Pick:
    return Pick(product=_product(listing), reason=reason)


def _product(listing: Listing) -> Product:
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
        link=f"https://shop.example.com/p/{variant.product_id}",
    )


def _reasons(owned: list[Listing], shown: list[Listing]) -> Iterator[Reason]:
    """One of several kinds for each pick."""
    names = [listing.variants[0].name for listing in owned]
    yield Reason(kind=ReasonKind.LIKED, product_name=names[0])
    yield Reason(kind=ReasonKind.GOES_WITH, product_name=names[1])
    yield Reason(kind=ReasonKind.BETTER_RATED, product_name=names[2])
    yield Reason(kind=ReasonKind.POPULAR_IN_CATEGORY, category=tuple(shown[-1].family.category.split("|")))
    yield Reason(kind=ReasonKind.WELL_RATED)
