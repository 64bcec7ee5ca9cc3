"""What an email shows, ready for a theme: copy with its slots filled, formatted figures, safe links."""

from collections.abc import Iterator
from dataclasses import dataclass

from encore.mailer.domain.copy.fields import Copy
from encore.mailer.domain.facts import figures
from encore.mailer.domain.facts.email import EmailFacts
from encore.mailer.domain.facts.product import ProductFacts
from encore.mailer.domain.facts.titles import description
from encore.mailer.domain.message.links import tracked, web_url


@dataclass(frozen=True)
class Card:
    """One product as it is shown. A member is None when the product does not have it."""

    title: str
    picture_text: str
    """What the picture shows: the title with the colour or size that the title leaves out."""
    initial: str
    """Shown where there is no picture."""
    line: str
    reason: str
    price: str
    was_price: str | None
    discount: str | None
    rating: str | None
    stars: str | None
    rating_count: str | None
    image_url: str | None
    link: str | None


@dataclass(frozen=True)
class EmailContent:
    """One email as it is shown."""

    language: str
    copy: Copy
    cards: tuple[Card, ...]
    unsubscribe_url: str


def email_content(facts: EmailFacts, copy: Copy, *, run_id: str, unsubscribe_url: str) -> EmailContent:
    """Fill the copy from the facts and make a card of each product; the copy must have passed the rules."""
    filled = copy.filled(facts.slots)
    return EmailContent(
        language=facts.language,
        copy=filled,
        cards=tuple(_cards(facts.products, filled, run_id)),
        unsubscribe_url=unsubscribe_url,
    )


def _cards(products: tuple[ProductFacts, ...], copy: Copy, run_id: str) -> Iterator[Card]:
    for product in products:
        values, entry = product.values, product.entry
        link = web_url(entry.link)
        yield Card(
            title=values["name"],
            picture_text=description(entry.name) or values["name"],
            initial=(product.category or product.name)[:1].upper(),
            line=copy.lines[str(product.number)],
            reason=_sentence(values["reason"]),
            price=values["price"],
            was_price=values.get("was_price"),
            discount=values.get("discount"),
            rating=values.get("rating"),
            stars=figures.stars(entry.rating) if entry.rating else None,
            rating_count=values.get("rating_count"),
            image_url=web_url(entry.image_url),
            link=tracked(link, campaign=run_id) if link else None,
        )


def _sentence(phrase: str) -> str:
    return phrase[:1].upper() + phrase[1:]
