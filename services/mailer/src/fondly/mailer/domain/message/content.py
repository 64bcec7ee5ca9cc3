"""What an email shows, ready for a theme: copy with its slots filled, formatted figures, safe links."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote

from fondly.contracts.click_links import Click
from fondly.contracts.records import Product, Quote
from fondly.mailer.domain.copy.fields import Copy
from fondly.mailer.domain.facts import figures
from fondly.mailer.domain.facts.email import EmailFacts
from fondly.mailer.domain.facts.product import ProductFacts
from fondly.mailer.domain.facts.titles import description
from fondly.mailer.domain.language import Language
from fondly.mailer.domain.message.hosts import AllowedHosts
from fondly.mailer.domain.message.links import ClickEndpoint, tracked, web_url

CACHED_CARDS = 16_384


class Card(NamedTuple):
    """One product as it is shown. A member is None when the product does not have it."""

    title: str
    picture_text: str
    """What the picture shows: the title with the colour or size that the title leaves out."""
    line: str
    """Empty if there is nothing to say."""
    quote_text: str | None
    """A sentence of a review, letter by letter."""
    quote_by: str | None
    """Its stars and its month, as in "★★★★★ · May 2024"."""
    reason: str
    price: str
    was_price: str | None
    was_text: str | None
    discount_text: str | None
    rating_text: str | None
    ratings_text: str | None
    image_url: str | None
    link: str | None


@dataclass(frozen=True)
class Links:
    """Where an email's links lead; `view_online` is None unless emails are hosted."""

    campaign: str
    unsubscribe: str
    view_online: str | None = None


@dataclass(frozen=True)
class EmailContent:
    """One email as it is shown, and how many links and pictures were left out of it."""

    language: str
    direction: str
    """`ltr` or `rtl`."""
    copy: Copy
    cards: tuple[Card, ...]
    unsubscribe_url: str
    view_online_url: str | None
    links_left_out: int

    @property
    def hero(self) -> Card:
        """The best pick."""
        return self.cards[0]

    @property
    def others(self) -> tuple[Card, ...]:
        """The picks after the best one."""
        return self.cards[1:]

    @property
    def listed(self) -> tuple[Card, ...]:
        """All picks, where they can stand alike: a single one is `alone`."""
        return self.cards if len(self.cards) > 1 else ()

    @property
    def alone(self) -> tuple[Card, ...]:
        """The pick if there is no other; shown big, whatever the layout."""
        return self.cards if len(self.cards) == 1 else ()

    @property
    def pairs(self) -> tuple[tuple[Card, ...], ...]:
        """The picks after the best one, two in a row."""
        return tuple(self.cards[at : at + 2] for at in range(1, len(self.cards) - 1, 2))

    @property
    def unpaired(self) -> tuple[Card, ...]:
        """The last pick if it has no neighbour."""
        return self.cards[-1:] if len(self.cards) % 2 == 0 else ()


class ContentMaker:
    """Makes the content of emails with the words of one language and links to allowed hosts.

    Pictures come from their own hosts or, with a `picture_proxy`, from there: their URL is appended to it.
    With an endpoint for `clicks`, links to products lead to the shop by way of it.
    """

    def __init__(
        self,
        language: Language,
        *,
        links: AllowedHosts,
        pictures: AllowedHosts,
        picture_proxy: str = "",
        clicks: ClickEndpoint | None = None,
    ) -> None:
        self._language = language
        self._links = links
        self._pictures = pictures
        self._picture_proxy = picture_proxy
        self._clicks = clicks
        self._link = lru_cache(maxsize=CACHED_CARDS)(self._allowed_link)
        self._picture = lru_cache(maxsize=CACHED_CARDS)(self._allowed_picture)
        self._text = lru_cache(maxsize=CACHED_CARDS)(self._string)

    def content(self, facts: EmailFacts, copy: Copy, links: Links) -> EmailContent:
        """Fill the copy, which must have passed the rules, from the facts; make a card of each product."""
        filled = copy.filled(facts.slots)
        cards = tuple(self._cards(facts, filled, links.campaign))
        return EmailContent(
            language=self._language.code,
            direction=self._language.direction,
            copy=filled,
            cards=cards,
            unsubscribe_url=links.unsubscribe,
            view_online_url=links.view_online,
            links_left_out=_left_out(facts.products, cards),
        )

    def _cards(self, facts: EmailFacts, copy: Copy, campaign: str) -> Iterator[Card]:
        for product in facts.products:
            values, entry, reason = product.values, product.entry, product.values["reason"]
            said = copy.quotes.get(number := str(product.number))
            yield Card(
                title=values["name"],
                picture_text=description(entry.name) or values["name"],
                line=copy.lines.get(number, ""),
                quote_text=said,
                quote_by=self._quote_by(
                    next((each for each in product.pick.quotes if each.text == said), None)
                ),
                reason=reason[:1].upper() + reason[1:],
                price=values["price"],
                was_price=values.get("was_price"),
                was_text=self._text("card-was", "price", values.get("was_price")),
                discount_text=self._text("card-off", "percent", values.get("discount")),
                rating_text=self._text("card-out-of-five", "rating", values.get("rating")),
                ratings_text=self._text("card-ratings", "count", _counted(entry)),
                image_url=self._picture(entry.image_url),
                link=self._counted(
                    self._link(entry.link, campaign), Click(campaign, facts.customer_id, entry.product_id)
                ),
            )

    def _quote_by(self, quote: Quote | None) -> str | None:
        stars = "★" * round(quote.stars or 0) if quote else ""
        month = figures.month(quote.timestamp, self._language.locale) if quote and quote.timestamp else ""
        return (
            self._language.messages.text("card-quote-by", stars=stars, month=month)
            if stars and month
            else (stars or month or None)
        )

    def _counted(self, link: str | None, click: Click) -> str | None:
        return self._clicks.link(click, link) if link and self._clicks else link

    def _allowed_link(self, url: str | None, campaign: str) -> str | None:
        allowed = web_url(url, self._links)
        return tracked(allowed, campaign=campaign) if allowed else None

    def _allowed_picture(self, url: str | None) -> str | None:
        allowed = web_url(url, self._pictures)
        return (
            f"{self._picture_proxy}{quote(allowed, safe='')}" if allowed and self._picture_proxy else allowed
        )

    def _string(self, message: str, name: str, value: str | int | None) -> str | None:
        return self._language.messages.text(message, **{name: value}) if value else None


def _counted(product: Product) -> int | None:
    return product.rating_count if product.rating else None


def _left_out(products: tuple[ProductFacts, ...], cards: tuple[Card, ...]) -> int:
    """Count the links and pictures that the catalogue has and the email does not."""
    return sum(
        bool(given) and shown is None
        for product, card in zip(products, cards, strict=True)
        for given, shown in ((product.entry.link, card.link), (product.entry.image_url, card.image_url))
    )
