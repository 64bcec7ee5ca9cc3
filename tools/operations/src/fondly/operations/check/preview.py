"""The first rows as they were read, in the words of the emails."""

from itertools import islice
from urllib.parse import urlsplit

from pydantic import BaseModel

from fondly.contracts.records import Customer, Product
from fondly.ingest.use_cases.check_files import ROWS_SHOWN, Sample
from fondly.mailer.domain.facts import figures
from fondly.mailer.domain.facts.own_names import kind_name
from fondly.operations.check.mailing import Mailing
from fondly.operations.formatting import printable
from fondly.operations.runs.facts import EXCLUDED

CONSENT = {True: "yes", False: "no", None: "unknown"}


class ProductRow(BaseModel):
    """A product as emails will show it."""

    name: str
    price: str
    link: str | None
    """The host that its link leads to."""
    picture: bool
    noun: str | None
    """What an email calls it after "your"; None if it is called by its name."""


class CustomerRow(BaseModel):
    """A customer, and whether they would be written to."""

    customer: str
    consent: str
    why_not: str | None
    """Why they get no email; None if they get one."""


def noun_of(product: Product, mailing: Mailing) -> str | None:
    """Return what an email calls a product in place of its name, None if it does not."""
    return kind_name(product.category, mailing.naming) or None


def product_rows(sample: Sample, mailing: Mailing) -> list[ProductRow]:
    """Return the first products of different names."""
    by_name = dict[str, Product]()
    for each in sample.products:
        by_name.setdefault(each.name, each)
    return [
        ProductRow(
            name=each.name,
            price=printable(figures.money(each.price, each.currency, mailing.language.locale)),
            link=urlsplit(each.link).netloc if each.link else None,
            picture=each.image_url is not None,
            noun=noun_of(each, mailing),
        )
        for each in islice(by_name.values(), ROWS_SHOWN)
    ]


def customer_rows(sample: Sample) -> list[CustomerRow]:
    """Return the first customers, without their names and addresses."""
    return [_customer_row(number, each) for number, each in enumerate(sample.customers, start=1)]


def _customer_row(number: int, customer: Customer) -> CustomerRow:
    name = f"customer {number}" if "@" in customer.customer_id else customer.customer_id
    why_not = EXCLUDED[customer.exclusion] if customer.exclusion else None
    return CustomerRow(customer=name, consent=CONSENT[customer.marketing_consent], why_not=why_not)
