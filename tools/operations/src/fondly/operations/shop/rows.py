"""What applies, key by key, and where each value comes from."""

import os
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, JsonValue

from fondly.mailer.settings import BRAND_SETTINGS, MailerSettings
from fondly.operations.shop.file import ShopFile
from fondly.operations.shop.loading import Origin, Shop
from fondly.operations.shop.rendering import INGEST_HOSTS, SETTINGS, Setting, values_in

SHOP_URL = Setting("shop.url", ())


class Row(BaseModel):
    """One key of the shop's file."""

    key: str
    value: JsonValue
    """None if there is none."""
    origin: Origin
    variables: tuple[str, ...]
    """The services' variables that the key sets; those that are set apart have a row of their own."""


def rows(shop: Shop, environment: Mapping[str, str] | None = None) -> list[Row]:
    """Return every key with what applies, and what the file says of the theme."""
    environment = os.environ if environment is None else environment
    found = [row for each in (SHOP_URL, *SETTINGS) for row in _rows(shop, each, environment)]
    if listed := environment.get(INGEST_HOSTS):  # ingest's own list, which has both kinds of hosts
        found.append(Row(key="hosts", value=listed, origin=Origin.ENVIRONMENT, variables=(INGEST_HOSTS,)))
    return [*found, *_theme_rows(shop)]


def _rows(shop: Shop, setting: Setting, environment: Mapping[str, str]) -> Iterator[Row]:
    """One row, and one more for each variable that is set alone."""
    apart = {name: text for name in setting.variables[1:] if (text := environment.get(name))}
    together = tuple(name for name in setting.variables if name not in apart)
    key, follows = setting.key, setting.key == "hosts.links" and not shop.applied.hosts.links
    origin = shop.origin("shop.url" if follows else key)  # hosts that nobody lists are those of the shop
    yield Row(key=key, value=value_of(shop, key), origin=origin, variables=together)
    for name, text in apart.items():
        yield Row(key=setting.key, value=text, origin=Origin.ENVIRONMENT, variables=(name,))


def value_of(shop: Shop, key: str) -> Any:  # noqa: ANN401 - settings are text, numbers, lists and tables
    """Return what applies to a key: said somewhere, else the default, which for the brand is the mailer's."""
    said = values_in(shop.applied)
    section, _, name = key.partition(".")
    if key in said:
        return said[key]
    if section == "brand":
        default = MailerSettings.model_fields[BRAND_SETTINGS[name]].default
    else:
        table = getattr(shop.applied, section)
        default = getattr(table, name) if name else table
    return None if default in ([], {}, "") else default


def _theme_rows(shop: Shop) -> Iterator[Row]:
    said = ShopFile(theme=shop.given.theme).model_dump(exclude_unset=True).get("theme", {})
    for key, value in {"name": shop.given.theme.name, **said}.items():
        origin = Origin.FILE if key in said else Origin.DEFAULT
        yield Row(key=f"theme.{key}", value=value, origin=origin, variables=())
