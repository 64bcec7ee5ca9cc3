"""A language by its locale, loaded once."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from babel import Locale, UnknownLocaleError

from encore.mailer.domain.language.messages import MessageError, Messages

MESSAGES = "messages.ftl"
ASPECTS = "aspects.toml"
DEFAULT_LOCALE = "en_IN"
_FOLDERS = files("encore.mailer.domain").joinpath("languages")


class UnknownLanguageError(LookupError, ValueError):
    """No folder has the language of a locale, or there is no such locale."""


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
        """Return what this language calls an aspect of the reviews, such as `Klang`.

        An aspect that its list does not have is one of the shop's own, named as its catalogue names it.
        """
        return _aspects(self.code).get(name, name)


def languages() -> tuple[str, ...]:
    """Return the codes of the languages that have a folder, sorted."""
    return tuple(sorted(each.name for each in _FOLDERS.iterdir() if each.joinpath(MESSAGES).is_file()))


@lru_cache(maxsize=64)
def language(locale: str) -> Language:
    """Return the language of a locale such as `de_DE`.

    Raises `UnknownLanguageError` in one line if there is no such locale or no folder for its language, and
    `MessageError` if its messages cannot be read.
    """
    code = locale.partition("_")[0]
    if code not in languages():
        known = ", ".join(languages())
        raise UnknownLanguageError(f"locale {locale!r}: no language {code!r}; there are {known}")
    try:
        known_locale = Locale.parse(locale)
    except (UnknownLocaleError, ValueError):
        raise UnknownLanguageError(f"locale {locale!r} is not known; expected one such as en_IN") from None
    return Language(code, locale, known_locale.text_direction, _messages(code, locale))


def _messages(code: str, locale: str) -> Messages:
    try:
        return Messages(_FOLDERS.joinpath(code, MESSAGES).read_text("utf-8"), locale=locale)
    except MessageError as error:
        raise MessageError(f"languages/{code}/{MESSAGES}: {error}") from error


@lru_cache(maxsize=64)
def _aspects(code: str) -> Mapping[str, str]:
    return tomllib.loads(_FOLDERS.joinpath(code, ASPECTS).read_text("utf-8"))
