"""A language by its locale, loaded once."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from fondly.mailer.domain.language.messages import MessageError, Messages
from fondly.mailer.domain.locales import FOLDERS, MESSAGES, written_locale

ASPECTS = "aspects.toml"
DEFAULT_LOCALE = "en_IN"


@dataclass(frozen=True)
class Language:
    """What one locale's emails are written with."""

    code: str
    """Such as `en`: the folder's name, and the `lang` of the email."""
    locale: str
    """Such as `en_IN`, by which figures are formatted."""
    direction: str
    """`ltr` or `rtl`."""
    messages: Messages

    def aspect(self, name: str) -> str:
        """Return what it calls an aspect, such as `Klang`; the shop's own are named as in the catalogue."""
        return _aspects(self.code).named.get(name, name)

    def praise(self, name: str) -> str | None:
        """Return what it calls a praised aspect, such as `low noise`; None if its absence is praised."""
        praised = _aspects(self.code).praised.get(name)
        return self.aspect(name) if praised is None else praised or None


@lru_cache(maxsize=64)
def language(locale: str) -> Language:
    """Return the language of a locale such as `de_DE`; raise `UnknownLanguageError` or `MessageError`."""
    found = written_locale(locale)
    return Language(found.language, locale, found.text_direction, _messages(found.language, locale))


def _messages(code: str, locale: str) -> Messages:
    try:
        return Messages(FOLDERS.joinpath(code, MESSAGES).read_text("utf-8"), locale=locale)
    except MessageError as error:
        raise MessageError(f"languages/{code}/{MESSAGES}: {error}") from error


class _Aspects(NamedTuple):
    """What a language calls aspects, and what it calls them where they are praised."""

    named: Mapping[str, str]
    praised: Mapping[str, str]


@lru_cache(maxsize=64)
def _aspects(code: str) -> _Aspects:
    named = tomllib.loads(FOLDERS.joinpath(code, ASPECTS).read_text("utf-8"))
    return _Aspects(praised=named.pop("praised", {}), named=named)
