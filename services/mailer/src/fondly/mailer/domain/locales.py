"""The locales that emails are written in, told without loading their languages."""

from importlib.resources import files

from babel import Locale, UnknownLocaleError

MESSAGES = "messages.ftl"
FOLDERS = files("fondly.mailer.domain").joinpath("languages")


class UnknownLanguageError(LookupError, ValueError):
    """No folder has the language of a locale, or there is no such locale."""


def languages() -> tuple[str, ...]:
    """Return the codes of the languages that have a folder, sorted."""
    return tuple(sorted(each.name for each in FOLDERS.iterdir() if each.joinpath(MESSAGES).is_file()))


def written_locale(locale: str) -> Locale:
    """Return a locale such as `de_DE`; `UnknownLanguageError` in one line if no emails are written in it."""
    code = locale.partition("_")[0]
    if code not in languages():
        known = ", ".join(languages())
        raise UnknownLanguageError(f"locale {locale!r}: no language {code!r}; there are {known}")
    try:
        return Locale.parse(locale)
    except (UnknownLocaleError, ValueError):
        raise UnknownLanguageError(f"locale {locale!r} is not known; expected one such as en_IN") from None
