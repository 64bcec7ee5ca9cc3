"""The first rows as they were read, as the mailer would show them by the shop's settings."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Self
from urllib.parse import urlsplit

from pydantic import BaseModel

from fondly.contracts.records import Customer, Product
from fondly.ingest.use_cases.check_files import ROWS_SHOWN
from fondly.mailer.domain.facts import figures
from fondly.mailer.domain.facts.own_names import spoken_kind
from fondly.mailer.domain.language import Language, language
from fondly.mailer.domain.locales import languages
from fondly.mailer.domain.message.hosts import below
from fondly.mailer.domain.message.theme import Brand
from fondly.operations.formatting import printable
from fondly.operations.runs.facts import EXCLUDED
from fondly.operations.shop import Shop
from fondly.operations.shop.rows import value_of

CONSENT = {True: "yes", False: "no", None: "unknown"}


@dataclass(frozen=True)
class Mailing:
    """The settings that decide what an email says and where it may lead."""

    shop: Shop
    brand: Brand
    sender: str
    """The address that emails come from."""
    language: Language
    hosts: dict[str, tuple[str, ...]]
    """Where `links` may lead, and where `pictures` may be."""

    @classmethod
    def of(cls, shop: Shop) -> Self:
        """Return those of a shop; a locale that no email is written in is only for reading files."""
        sender, locale = value_of(shop, "brand.from_address"), shop.applied.shop.locale
        written = locale if locale.partition("_")[0] in languages() else shop.given.shop.locale
        listed = {name: value_of(shop, f"hosts.{name}") for name in ("links", "pictures")}
        return cls(
            shop,
            Brand(value_of(shop, "brand.name"), value_of(shop, "brand.postal_address")),
            sender,
            language(written),
            {name: tuple(hosts or below(sender.rpartition("@")[2])) for name, hosts in listed.items()},
        )

    def noun(self, product: Product) -> str | None:
        """Return what an email calls a product in place of its name, None if it does not."""
        return spoken_kind(product, self.language.locale)


class ProductRow(BaseModel):
    """A product as emails will show it: `link` is the host that it leads to."""

    name: str
    price: str
    link: str | None
    picture: bool
    noun: str | None
    """What an email calls it after "your"; None if that is its name."""


class CustomerRow(BaseModel):
    """A customer without name and address; `why_not` says why they get no email, if they do not."""

    customer: str
    consent: str
    why_not: str | None


def product_rows(products: Sequence[Product], mailing: Mailing) -> list[ProductRow]:
    """Return the first products of different names."""
    by_name = dict[str, Product]()
    for each in products:
        by_name.setdefault(each.name, each)
    return [
        ProductRow(
            name=name,
            price=printable(figures.money(each.price, each.currency, mailing.language.locale)),
            link=urlsplit(each.link).netloc if each.link else None,
            picture=each.image_url is not None,
            noun=mailing.noun(each),
        )
        for name, each in islice(by_name.items(), ROWS_SHOWN)
    ]


def customer_row(number: int, customer: Customer) -> CustomerRow:
    """Return a customer's row; one whose id may be an address is called by the number."""
    name = f"customer {number}" if "@" in customer.customer_id else customer.customer_id
    why_not = EXCLUDED[customer.exclusion] if customer.exclusion else None
    return CustomerRow(customer=name, consent=CONSENT[customer.marketing_consent], why_not=why_not)
