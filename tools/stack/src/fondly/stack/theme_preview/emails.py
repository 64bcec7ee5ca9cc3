"""The email of the preview: made-up products of the sample's catalogue, and copy for them."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import starmap

from fondly.contracts.records import (
    OwnProduct,
    Pick,
    Reason,
    ReasonKind,
    Recommendation,
    RecommendationSource,
)
from fondly.mailer.domain.copy.fields import Copy
from fondly.mailer.domain.facts.email import EmailFacts, email_facts
from fondly.mailer.domain.language import language
from fondly.mailer.domain.message.content import ContentMaker, EmailContent, Links
from fondly.mailer.domain.message.hosts import AllowedHosts
from fondly.mailer.domain.message.theme import Brand
from fondly.recommender.domain.picking.rules import MAX_PICKS
from fondly.stack.pictures.addresses import picture_name
from fondly.stack.sample.catalogue import Listing, build_catalogue, product_of
from fondly.stack.sample.vocabulary import load_vocabulary

SEED = 7
PICKS = 5
PRODUCTS = 90
BRAND = Brand(name="Fondly Shop", postal_address="Fondly Shop, 1 Example Street, Bengaluru 560001, India")
LANGUAGE = language("en_IN")
LINKS = Links(
    campaign="run-preview",
    unsubscribe="https://shop.example.com/unsubscribe?t=preview",
    view_online="https://shop.example.com/emails?run=run-preview&t=preview",
)
COPY = Copy(
    subject="{customer.first_name}, take a look at {1.name}",
    preheader="For the desk, the kitchen and the way between them.",
    greeting="Hello {customer.first_name},",
    intro="You liked your {liked.product}, and we kept that in mind. Here is where it led us.",
    lines={
        "1": "It goes well with your {1.own}, and we thought of long days when we chose it.",
        "2": "You liked your {2.own}, so we thought of this one for the road.",
        "3": "If you think of a step up from your {3.own}, look closer.",
        "4": "Something different, chosen with quiet evenings in mind.",
        "5": "Good to have around.",
        "6": "We thought of a slow Sunday when we chose it.",
        "7": "It makes the way to work a little easier.",
        "8": "Think of it for the desk, and for the road.",
        "9": "One for long evenings.",
        "10": "A simple helper for the week, and for the weekend too.",
        "11": "If you have a trip in mind, look closer.",
        "12": "We would choose it for the kitchen.",
    },
    closing="Take your time, and tell us how you get on.",
)


def preview_content(*, picks: int = PICKS, pictures: bool = True) -> EmailContent:
    """Return the content of an email with up to twelve products, and the preview server's pictures."""
    facts, maker = (
        preview_facts(picks),
        ContentMaker(LANGUAGE, links=AllowedHosts("*"), pictures=AllowedHosts("*")),
    )
    copy = replace(COPY, lines={str(each.number): COPY.lines[str(each.number)] for each in facts.products})
    made = maker.content(facts, copy, LINKS)
    shown = (
        card._replace(image_url=_picture(listing) if pictures else None)
        for card, listing in zip(made.cards, _listings(), strict=False)
    )
    return replace(made, cards=tuple(shown), links_left_out=0)


@cache
def preview_facts(picks: int) -> EmailFacts:
    """Return what is known of the preview's customer and of up to twelve products."""
    listings = _listings()
    reasons = list(_reasons(listings[:MAX_PICKS], listings[MAX_PICKS:]))
    liked = next(each.product_name for each in reasons if each.kind is ReasonKind.LIKED)
    recommendation = Recommendation(
        customer_id="C-preview",
        name="Ananya Rao",
        email="ananya@example.com",
        source=RecommendationSource.PERSONALIZE,
        picks=tuple(starmap(_pick, zip(listings[:picks], reasons, strict=False))),
        owned=(OwnProduct(product_id="own", product_name=liked or "", polarity=0.9),),
    )
    return email_facts(recommendation, brand=BRAND.name, locale="en_IN")


@cache
def _listings() -> list[Listing]:
    return build_catalogue(load_vocabulary(), seed=SEED, products=PRODUCTS)


def _picture(listing: Listing) -> str:
    return f"/pictures/{picture_name(listing.family.key, listing.variants[0].colour)}"


def _pick(listing: Listing, reason: Reason) -> Pick:
    return Pick(product=product_of(listing), reason=reason)


def _reasons(shown: list[Listing], others: list[Listing]) -> Iterator[Reason]:
    """One of several kinds for each pick, as if the customer had a cable, a power bank and earbuds."""
    by_rating = sorted(others, key=lambda each: each.rating_tenths)
    best = {each.family.key: each.variants[0].name for each in by_rating}
    worst = {each.family.key: each.variants[0].name for each in reversed(by_rating)}
    yield Reason(kind=ReasonKind.GOES_WITH, product_name=best["power_bank"], customers=412)
    yield Reason(kind=ReasonKind.LIKED, product_name=best["cable"])
    yield Reason(kind=ReasonKind.BETTER_RATED, product_name=worst["earbuds"])
    yield Reason(kind=ReasonKind.POPULAR_IN_CATEGORY, category=tuple(shown[3].family.category.split("|")))
    yield Reason(kind=ReasonKind.WELL_RATED)
    yield from (
        Reason(kind=ReasonKind.POPULAR_IN_CATEGORY, category=tuple(each.family.category.split("|")))
        for each in shown[5:]
    )
