"""How the mailer would write to a shop's customers by the shop's settings, without a mailer."""

from dataclasses import dataclass
from typing import Self

from fondly.mailer.domain.language import Language, language
from fondly.mailer.domain.language.naming import Naming
from fondly.mailer.domain.locales import languages
from fondly.mailer.domain.message.hosts import below
from fondly.mailer.domain.message.theme import Brand
from fondly.operations.shop import Shop
from fondly.operations.shop.rows import value_of


@dataclass(frozen=True)
class Mailing:
    """The settings that decide what an email says and where it leads."""

    brand: Brand
    sender: str
    """The address that emails come from."""
    language: Language
    link_hosts: tuple[str, ...]
    picture_hosts: tuple[str, ...]

    @classmethod
    def of(cls, shop: Shop) -> Self:
        """Return those of a shop; a locale that no email is written in is left to the files."""
        sender, locale = value_of(shop, "brand.from_address"), shop.applied.shop.locale
        own = below(sender.rpartition("@")[2])
        written = locale.partition("_")[0] in languages()
        return cls(
            brand=Brand(value_of(shop, "brand.name"), value_of(shop, "brand.postal_address")),
            sender=sender,
            language=language(locale if written else shop.given.shop.locale),
            link_hosts=tuple(value_of(shop, "hosts.links") or own),
            picture_hosts=tuple(value_of(shop, "hosts.pictures") or own),
        )

    @property
    def naming(self) -> Naming:
        """How the emails' language names products."""
        return Naming.load(self.language.code)
