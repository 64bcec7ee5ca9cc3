"""Single values of the shop's file: each checked against the list that has the last word on it."""

from zoneinfo import available_timezones

from babel import Locale, UnknownLocaleError
from pydantic import ValidationInfo

from fondly.ingest.domain.values.currencies import is_active
from fondly.mailer.domain.locales import UnknownLanguageError, languages, written_locale
from fondly.mailer.domain.message.hosts import AllowedHosts

CURRENCY_EXPECTED = "an ISO 4217 code such as EUR"
HOSTS_EXPECTED = "a list of hosts such as shop.example, *.shop.example or *"
LOCALE_EXPECTED = f"a locale such as de_DE (emails are written in {' and '.join(languages())})"
SCORED_LANGUAGES = ("en", "es", "fr", "de", "it", "pt", "ar", "hi", "ja", "ko", "zh", "zh-TW")
"""Of Amazon Comprehend's sentiment: the Comprehend developer guide, "Languages supported"."""
SCORED_EXPECTED = f"auto, or one of {', '.join(SCORED_LANGUAGES)}"
ANY_LOCALE = {"locale": "any"}
TIME_ZONE_EXPECTED = "an IANA time zone such as Europe/Berlin"


def currency(code: str) -> str:
    """Return a currency's code; raise `ValueError` for one that nobody pays with."""
    if not is_active(code):
        raise ValueError(f"found {code!r}, expected {CURRENCY_EXPECTED}")
    return code


def locale(name: str, info: ValidationInfo) -> str:
    """Return a locale; raise `ValueError` for one in whose language no emails are written.

    With the context `ANY_LOCALE` it may be any that there is: ingest reads files in more languages.
    """
    try:
        return str(Locale.parse(name) if info.context == ANY_LOCALE else written_locale(name))
    except (UnknownLanguageError, UnknownLocaleError, ValueError):
        raise ValueError(f"found {name!r}, expected {LOCALE_EXPECTED}") from None


def scored_language(code: str) -> str:
    """Return a language of reviews; raise `ValueError` for one that Comprehend does not score."""
    if code not in {"auto", *SCORED_LANGUAGES}:
        raise ValueError(f"found {code!r}, expected {SCORED_EXPECTED}")
    return code


def time_zone(name: str) -> str:
    """Return a time zone's name; raise `ValueError` for one that the IANA does not list."""
    if name not in available_timezones():
        raise ValueError(f"found {name!r}, expected {TIME_ZONE_EXPECTED}")
    return name


def host(entry: str) -> str:
    """Return an entry of a list of hosts; raise `ValueError` for one that the mailer does not take."""
    AllowedHosts([entry])
    if "," in entry:
        raise ValueError(f"found {entry!r}, expected {HOSTS_EXPECTED}")
    return entry
