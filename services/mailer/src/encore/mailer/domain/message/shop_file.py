"""`encore.toml`: the theme of the shop's emails, and the voice of its brand. Every member may be missing."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from encore.mailer.domain.message.palette import TOKENS, Token

Layout = Literal["hero", "grid", "list"]
Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]
Font = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9 ,'-]{1,120}$")]
ThemeName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]


COLOUR_EXPECTED = "a colour such as #0b6b5c"
FONT_EXPECTED = "names of fonts such as Georgia, serif"
EXPECTED = {
    "name": "the name of a theme, such as market",
    "layout": "hero, grid or list",
    "url": "an https URL",
    "heading": FONT_EXPECTED,
    "body": FONT_EXPECTED,
}


class InvalidFileError(ValueError):
    """A shop's file that cannot be used: where, what was found, what is expected; one line."""


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Logo(_Section):
    """The picture at the top; without one, the brand's name is written there."""

    url: Annotated[str, StringConstraints(pattern=r"^https://[!#-%'-;=?-\[\]-z~]{1,300}$")]
    alt: Annotated[str, StringConstraints(min_length=1, max_length=99)]
    width: Annotated[int, Field(ge=24, le=400)] = 140
    """In CSS pixels; the height follows."""


class Fonts(_Section):
    """Families of fonts that readers' devices have: emails load none."""

    heading: Font | None = None
    body: Font | None = None


class Colours(_Section):
    """Colours that replace the theme's."""

    light: dict[Token, Colour] = {}
    dark: dict[Token, Colour] = {}


class ThemeChoice(_Section):
    """The section `[theme]`."""

    name: ThemeName = "plain"
    layout: Layout | None = None
    """One big product and compact ones below (`hero`), two in a row (`grid`), or all alike (`list`)."""
    logo: Logo | None = None
    fonts: Fonts = Fonts()
    colours: Colours = Colours()


class BrandVoice(_Section):
    """The section `[brand]`."""

    voice: Annotated[str, StringConstraints(min_length=3, max_length=300)] | None = None
    """How the brand speaks, for the model that writes copy; the mailer's setting if it is missing."""


class ShopFile(_Section):
    """The whole file."""

    theme: ThemeChoice = ThemeChoice()
    brand: BrandVoice = BrandVoice()


Kind = TypeVar("Kind", bound=_Section)


class ThemeFile(_Section):
    """`theme.toml`: what a theme is like unless the shop's file says otherwise."""

    description: str
    layout: Layout = "hero"
    fonts: Fonts
    light: dict[Token, Colour | Token]
    dark: dict[Token, Colour | Token]


def read_shop_file(text: str, *, file: str) -> ShopFile:
    """Read `encore.toml`; raise `InvalidFileError` naming the file, line and key of every problem."""
    return _read(ShopFile, text, file)


def read_theme_file(text: str, *, file: str) -> ThemeFile:
    """Read `theme.toml`; raise `InvalidFileError` naming the file, line and key of every problem."""
    return _read(ThemeFile, text, file)


def line_of(keys: Sequence[str], text: str) -> int | None:
    """Return the line on which a key of a TOML text stands, counted from 1; None if it stands on none."""
    section, lines = "", text.splitlines()
    for depth in range(len(keys), 0, -1):
        table, key, section = ".".join(keys[: depth - 1]), keys[depth - 1], ""
        for number, line in enumerate(lines, 1):
            if header := re.match(r"\s*\[([^\[\]]+)\]", line):
                section = header[1].replace(" ", "")
            if section == table and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", line):
                return number
            if section == ".".join(keys[:depth]) and header:
                return number
    return None


def _read(kind: type[Kind], text: str, file: str) -> Kind:
    try:
        return kind.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise InvalidFileError(f"{file}: not TOML: {error}") from error
    except ValidationError as error:
        raise InvalidFileError("; ".join(_problems(error, text, file))) from error


def _problems(error: ValidationError, text: str, file: str) -> Iterator[str]:
    for problem in error.errors(include_url=False):
        keys = [str(part) for part in problem["loc"] if part != "[key]"]
        line = line_of(keys, text)
        place = f"{file}:{line}" if line else file
        yield f"{place}: {'.'.join(keys)}: {_found(problem)}"


def _found(problem: Mapping[str, Any]) -> str:
    key, message = problem["loc"][-1], problem["msg"]
    if problem["type"] == "extra_forbidden" or key == "[key]":
        return "there is no such key"
    if problem["type"] == "missing":
        return "is missing"
    expected = EXPECTED.get(str(key)) or (COLOUR_EXPECTED if key in TOKENS else message)
    return f"found {str(problem['input'])[:60]!r}, expected {expected}"
