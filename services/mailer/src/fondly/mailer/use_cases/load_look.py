"""Reads how the shop's emails look, once, when the service starts."""

from dataclasses import dataclass, field
from functools import lru_cache

from fondly.contracts import object_keys
from fondly.contracts.errors import InvalidFileError
from fondly.mailer.domain.language import Messages
from fondly.mailer.domain.message.shop_file import ShopFile, ThemeChoice, read_shop_file
from fondly.mailer.domain.message.theme import Brand, Theme
from fondly.mailer.domain.message.theme_files import FILE_NAMES, ThemeFiles, built_in_theme, built_in_themes
from fondly.mailer.domain.message.toml_file import MAX_FILE_BYTES, text_of
from fondly.mailer.ports import ShopFiles


@dataclass(frozen=True)
class Look:
    """The shop's file, where it is, and the files of the theme that it names; by default no file's."""

    shop: ShopFile = field(default_factory=ShopFile)
    file: str = object_keys.SHOP_CONFIG
    theme_files: ThemeFiles = field(default_factory=dict)

    def theme(self, brand: Brand, messages: Messages) -> Theme:
        """Return the theme; raise `InvalidFileError` if its files or colours cannot be used."""
        files = tuple(sorted(self.theme_files.items()))
        return _theme(brand, messages, self.shop.theme.model_dump_json(), self.file, files)


@lru_cache(maxsize=2)
def _theme(
    brand: Brand, messages: Messages, choice: str, file: str, files: tuple[tuple[str, str], ...]
) -> Theme:
    """Put a theme together once for what is set and what is pinned, which are mostly the same."""
    shop = ShopFile(theme=ThemeChoice.model_validate_json(choice))
    return Theme(brand, messages, shop=shop, own=dict(files), file=file)


async def load_look(files: ShopFiles, *, theme: str | None = None) -> Look:
    """Read `fondly.toml`, if there is one, and its theme, or `theme`; raise `InvalidFileError`."""
    text = await _text(files, object_keys.SHOP_CONFIG)
    place = files.place(object_keys.SHOP_CONFIG)
    shop = read_shop_file(text, file=place) if text is not None else ShopFile()
    if theme is not None:
        shop = shop.model_copy(update={"theme": shop.theme.model_copy(update={"name": theme})})
    return Look(shop=shop, file=place, theme_files=await _theme_files(files, shop.theme.name, place))


async def _theme_files(files: ShopFiles, name: str, place: str) -> ThemeFiles:
    """A built-in theme's name always means that theme."""
    if built_in := built_in_theme(name):
        return built_in
    found = {each: await _text(files, f"{object_keys.THEMES}{name}/{each}") for each in FILE_NAMES}
    if found["theme.toml"] is None:
        own, others = files.place(f"{object_keys.THEMES}{name}/theme.toml"), ", ".join(built_in_themes())
        raise InvalidFileError(f"{place}: theme.name: found {name!r}, expected one of {others}, or {own}")
    return {each: text for each, text in found.items() if text is not None}


async def _text(files: ShopFiles, name: str) -> str | None:
    body = await files.read(name, max_bytes=MAX_FILE_BYTES + 1)
    return None if body is None else text_of(body, file=files.place(name))
