"""The whole of `fondly.toml`: one model for everything that a shop sets. Every key may be missing."""

from typing import Annotated

from pydantic import AfterValidator, Field, JsonValue, ValidationError

from fondly.contracts.records import Fraction
from fondly.ingest.domain.values.people import MAX_AGE, Age
from fondly.mailer.domain.locales import languages
from fondly.mailer.domain.message.brand_values import HttpsUrl
from fondly.mailer.domain.message.shop_file import EXPECTED as EXPECTED_BY_MAILER
from fondly.mailer.domain.message.shop_file import ShopFileSections
from fondly.mailer.domain.message.toml_file import Section, problems_of, read_toml
from fondly.operations.shop.values import (
    CURRENCY_EXPECTED,
    HOSTS_EXPECTED,
    LOCALE_EXPECTED,
    SCORED_EXPECTED,
    TIME_ZONE_EXPECTED,
    currency,
    host,
    locale,
    scored_language,
    time_zone,
)
from fondly.recommender.domain.picking.rules import MAX_PICKS, Picks

EXPECTED = {
    **EXPECTED_BY_MAILER,
    "shop": "a table of url, currency, locale and more",
    "shop.url": "an https URL such as https://www.shop.example",
    "shop.currency": CURRENCY_EXPECTED,
    "shop.locale": LOCALE_EXPECTED,
    "shop.review_language": SCORED_EXPECTED,
    "shop.time_zone": TIME_ZONE_EXPECTED,
    "shop.picks": f"a whole number from 1 to {MAX_PICKS}",
    "shop.minimum_age": f"a whole number from 0 (no limit) to {MAX_AGE}",
    "shop.consent_not_required": "a line that says why no consent is needed, such as soft opt-in",
    "shop.max_rejected_share": "a share from 0 to 1, such as 0.05 for 5 %",
    "hosts": "a table of links and pictures",
    "hosts.links": HOSTS_EXPECTED,
    "hosts.pictures": HOSTS_EXPECTED,
    "columns": "a table as in mapping.yaml, without dates",
}
"""What each key should be, for people."""

SPOKEN = {"pattern": f"^({'|'.join(languages())})(_[A-Za-z0-9]+)*$"}
Currency = Annotated[str, Field(pattern="^[A-Z]{3}$"), AfterValidator(currency)]
LocaleName = Annotated[str, Field(json_schema_extra=SPOKEN), AfterValidator(locale)]
TimeZone = Annotated[str, AfterValidator(time_zone)]
Host = Annotated[str, AfterValidator(host)]
Reason = Annotated[str, Field(pattern=r"^[^\r\n]{1,200}$")]


class ShopSection(Section):
    """Where the shop sells, what it sells in, and how much an email shows."""

    url: HttpsUrl | None = None
    """The shop's address: links may lead to its host and all below it, unless `hosts.links` is set."""
    currency: Currency = "INR"
    """The currency of prices without one (ISO 4217), such as `EUR`."""
    locale: LocaleName = "en_IN"
    """How figures are written in files and emails, and the language of emails, such as `de_DE`."""
    review_language: Annotated[str, AfterValidator(scored_language)] | None = None
    """The language of reviews as Amazon Comprehend names it, or `auto`; without it, that of the locale."""
    time_zone: TimeZone = "UTC"
    """The time zone of times without one (IANA), such as `Europe/Berlin`."""
    picks: Picks = 5
    """Products in an email."""
    minimum_age: Age = 18
    """Customers known to be younger get no email; 0 for no limit."""
    consent_not_required: Reason | None = None
    """Why those of unknown consent are written to, such as `soft opt-in`; without it none of them is."""
    max_rejected_share: Fraction = 0.05
    """A run with a larger share of unreadable rows fails before anything is paid."""


class HostsSection(Section):
    """Where links and pictures of emails may lead: `shop.example`, `*.shop.example`, or `*` for any host."""

    links: list[Host] = Field(default_factory=list)
    """Hosts of links; without any, that of `shop.url`, else that of the sender's address."""
    pictures: list[Host] = Field(default_factory=list)
    """Hosts of pictures; without any, that of the sender's address."""


class ShopFile(ShopFileSections):
    """Everything that a shop sets for all services, in one file."""

    shop: ShopSection = ShopSection()
    hosts: HostsSection = HostsSection()
    columns: dict[str, JsonValue] = Field(default_factory=dict)
    """How the shop's own files are read, as in `mapping.yaml`: columns, constants, units, or files."""


def read_shop_file(text: str, *, file: str) -> ShopFile:
    """Read `fondly.toml`; raise `InvalidFileError` naming the file, line and key of every problem."""
    return read_toml(ShopFile, text, file=file, expected=EXPECTED)


def problem_of(key: str, value: object) -> str:
    """Return what is wrong with a key's value, `found …, expected …`; empty if nothing is."""
    section, _, name = key.partition(".")
    try:
        ShopFile.model_validate({section: {name: value}})
    except ValidationError as error:
        return next(problem for _, problem in problems_of(error, ShopFile, EXPECTED))
    return ""
