"""What applies, key by key, and where each value comes from."""

import os
from collections.abc import Iterator, Mapping

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
    settings = (SHOP_URL, *SETTINGS)
    found = [row for setting in settings for row in _rows(shop, setting, environment)]
    return [*found, *_hosts_of_ingest(environment), *_theme_rows(shop)]


def _rows(shop: Shop, setting: Setting, environment: Mapping[str, str]) -> Iterator[Row]:
    """One row, and one more for each variable that is set alone."""
    apart = {name: text for name in setting.variables[1:] if (text := environment.get(name))}
    together = tuple(name for name in setting.variables if name not in apart)
    yield Row(
        key=setting.key,
        value=_value(shop, setting.key),
        origin=_origin(shop, setting.key),
        variables=together,
    )
    for name, text in apart.items():
        yield Row(key=setting.key, value=text, origin=Origin.ENVIRONMENT, variables=(name,))


def _hosts_of_ingest(environment: Mapping[str, str]) -> Iterator[Row]:
    """A row for ingest's own list, if it is set: it has both kinds of hosts."""
    if listed := environment.get(INGEST_HOSTS):
        yield Row(key="hosts", value=listed, origin=Origin.ENVIRONMENT, variables=(INGEST_HOSTS,))


def _origin(shop: Shop, key: str) -> Origin:
    """Hosts that nobody lists are those of the shop's address."""
    follows = key == "hosts.links" and not shop.applied.hosts.links
    return shop.origin("shop.url" if follows else key)


def _value(shop: Shop, key: str) -> JsonValue:
    """What applies: said somewhere, else the default, which for the brand is the mailer's."""
    said = values_in(shop.applied)
    section, _, name = key.partition(".")
    if key in said:
        return _json(said[key])
    if section == "brand":
        return _json(MailerSettings.model_fields[BRAND_SETTINGS[name]].default)
    table = getattr(shop.applied, section)
    default = getattr(table, name) if name else table
    return None if default in ([], {}) else _json(default)


def _json(value: object) -> JsonValue:
    return value  # type: ignore[return-value] # settings are text, numbers, lists and tables of these


def _theme_rows(shop: Shop) -> Iterator[Row]:
    said = ShopFile(theme=shop.given.theme).model_dump(exclude_unset=True).get("theme", {})
    for key, value in {"name": shop.given.theme.name, **said}.items():
        origin = Origin.FILE if key in said else Origin.DEFAULT
        yield Row(key=f"theme.{key}", value=value, origin=origin, variables=())
