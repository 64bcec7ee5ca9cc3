"""An email to look at where there is no run: made-up products of the sample's shop, and copy for them."""

from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from fondly.contracts.records import Recommendation
from fondly.mailer.domain.copy.fields import Copy
from fondly.mailer.domain.facts.email import EmailFacts, email_facts
from fondly.mailer.domain.language import language
from fondly.mailer.domain.message.content import Card, ContentMaker, EmailContent, Links
from fondly.mailer.domain.message.hosts import AllowedHosts
from fondly.mailer.domain.message.theme import Brand

PICKS = 5
BRAND = Brand(name="Fondly Shop", postal_address="Fondly Shop, 1 Example Street, Bengaluru 560001, India")
LANGUAGE = language("en_IN")
LINKS = Links(
    campaign="run-preview",
    unsubscribe="https://shop.example.com/unsubscribe?t=preview",
    view_online="https://shop.example.com/emails?run=run-preview&t=preview",
)
_EMAIL: dict[str, Any] = yaml.safe_load(files(__package__).joinpath("sample_email.yaml").read_text("utf-8"))
COPY = Copy(**_EMAIL["copy"])
RECOMMENDATION = Recommendation.model_validate(_EMAIL["recommendation"])
"""With as many products as an email may have."""


def preview_content(*, picks: int = PICKS, pictures: bool = True) -> EmailContent:
    """Return the content of an email with up to twelve products, and the preview server's pictures."""
    facts = preview_facts(picks)
    maker = ContentMaker(LANGUAGE, links=AllowedHosts("*"), pictures=AllowedHosts("*"))
    copy = replace(COPY, lines={str(each.number): COPY.lines[str(each.number)] for each in facts.products})
    made = maker.content(facts, copy, LINKS)
    cards = tuple(card._replace(image_url=_picture(card) if pictures else None) for card in made.cards)
    return replace(made, cards=cards, links_left_out=0)


@cache
def preview_facts(picks: int) -> EmailFacts:
    """Return what is known of the preview's customer and of up to twelve products."""
    shown = RECOMMENDATION.model_copy(update={"picks": RECOMMENDATION.picks[:picks]})
    return email_facts(shown, brand=BRAND.name, locale="en_IN")


def _picture(card: Card) -> str:
    return f"/pictures/{(card.image_url or '').rpartition('/')[2]}"
