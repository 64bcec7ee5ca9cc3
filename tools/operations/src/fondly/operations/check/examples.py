"""Example emails for a shop's own customers, by house text: nothing is asked of a model, and nothing paid."""

import asyncio
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from pydantic import BaseModel

from fondly.contracts.records import (
    Customer,
    OwnProduct,
    Pick,
    Reason,
    ReasonKind,
    Recommendation,
    RecommendationSource,
)
from fondly.ingest.use_cases.check_files import CheckedFiles, Sample
from fondly.mailer.adapters.shop_files import LocalShopFiles
from fondly.mailer.domain.copy.assembly import Answers, assembled
from fondly.mailer.domain.facts.email import EmailFacts
from fondly.mailer.domain.message.content import ContentMaker, Links
from fondly.mailer.domain.message.hosts import AllowedHosts
from fondly.mailer.domain.message.links import by_email
from fondly.mailer.domain.message.theme import Theme
from fondly.mailer.use_cases.load_look import Look, load_look
from fondly.mailer.use_cases.read_facts import ReadFacts
from fondly.operations.check.preview import Mailing
from fondly.operations.shop import Shop
from fondly.recommender.domain.shop.merchandising import ShopRules

CAMPAIGN = "example"
SAME_SHELF = 2
"""How many picks of an example are of a category that the customer has something of."""
MIDDLE = Decimal("2.5")


class Example(BaseModel):
    """A finished email to one of the shop's customers."""

    subject: str
    preheader: str
    text: str
    html: str


def examples(checked: CheckedFiles, shop: Shop, rules: ShopRules) -> list[Example]:
    """Return an email for each recipient of the sample for whom there is a product.

    The mailer would compose the same of these products; which ones they are is decided in a run. Raises
    `InvalidFileError` for a theme that the mailer could not use.
    """
    mailing = Mailing.of(shop)
    look = asyncio.run(load_look(LocalShopFiles(shop.file))) if shop.file else Look()
    theme = look.theme(mailing.brand, mailing.language.messages)
    sample, picks = checked.sample, shop.applied.shop.picks
    if rules != ShopRules():
        from fondly.recommender.domain.shop.matching import excludes  # noqa: PLC0415 - few shops have rules

        sample = replace(sample, popular=[each for each in sample.popular if not excludes(rules, each[0])])
    return rendered((_recommendation(each, sample, picks) for each in sample.recipients), mailing, theme)


def rendered(recommendations: Iterable[Recommendation], mailing: Mailing, theme: Theme) -> list[Example]:
    """Return the emails that house text makes of recommendations."""
    read = ReadFacts(brand=mailing.brand.name, locale=mailing.language.locale)(recommendations)
    return [_email(each, mailing, theme) for each in read.emails.values()]


def _email(facts: EmailFacts, mailing: Mailing, theme: Theme) -> Example:
    copy = assembled(facts, Answers({}, ()), seed=facts.customer_id).copy
    hosts = {what: AllowedHosts(entries) for what, entries in mailing.hosts.items()}
    maker = ContentMaker(mailing.language, links=hosts["links"], pictures=hosts["pictures"])
    content = maker.content(facts, copy, Links(CAMPAIGN, by_email(mailing.sender, CAMPAIGN, token=None)))
    return Example(
        subject=content.copy.subject,
        preheader=content.copy.preheader,
        text=theme.text(content),
        html=theme.html(content),
    )


def _recommendation(customer: Customer, sample: Sample, picks: int) -> Recommendation:
    stars = {name: each.rating for each in customer.reviews for name in each.product_ids}
    owned = tuple(
        OwnProduct(
            product_id=each.product_id,
            product_name=each.name,
            category=each.category,
            polarity=None if (given := stars.get(each.product_id)) is None else float(given / MIDDLE - 1),
        )
        for each in map(sample.owned.__getitem__, customer.product_ids)
    )
    return Recommendation(
        customer_id=customer.customer_id,
        name=customer.name,
        source=RecommendationSource.POPULARITY,
        picks=tuple(_picks(owned, customer.returned, sample)[:picks]),
        owned=owned,
    )


def _picks(owned: Sequence[OwnProduct], returned: Collection[str], sample: Sample) -> list[Pick]:
    """Return popular products that the customer does not have, first some of categories of theirs."""
    have = {each.product_id for each in owned}.union(returned)
    shelf = {each.category: each for each in reversed(owned) if each.category and not each.is_disliked}
    near, far = list[Pick](), list[Pick]()
    for product, records in sample.popular:
        kin = shelf.get(product.category)
        reason = Reason(kind=ReasonKind.POPULAR if records else ReasonKind.ASSORTMENT)
        if kin:
            near_it = {"product_id": kin.product_id, "product_name": kin.product_name}
            reason = Reason(kind=ReasonKind.SAME_SHELF, **near_it)
        if product.product_id not in have:
            (near if kin else far).append(Pick(product=product, reason=reason))
    return [*near[:SAME_SHELF], *far, *near[SAME_SHELF:]]
