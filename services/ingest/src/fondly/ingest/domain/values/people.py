"""Reads what describes a person. Addresses are never quoted in an error."""

import re
from functools import cache, lru_cache
from typing import Annotated, Literal
from zoneinfo import available_timezones

from babel.core import Locale, get_global
from pydantic import Field

from fondly.ingest.domain.errors import UnreadableError
from fondly.ingest.domain.values.characters import plain

MAX_AGE = 130
"""Nobody is known to have lived longer than 122 years."""
Age = Annotated[int, Field(ge=0, le=MAX_AGE)]
_AGE = re.compile(r"([0-9]{1,3})(?:[.,]0{1,6})?")
_EMAIL = re.compile(
    r"(?!\.)(?!.*\.[.@])[^\s@,;:<>()\[\]\"\\]{1,64}@(?=.{4,255}$)[^\s@,;:<>()\[\]\"\\.]+(?:\.[^\s@,;:<>()\[\]\"\\.]+)+"
)
_SIGNS = re.compile(r"[\s,;:<>()\[\]\"\\]")
_LANGUAGE_TAG = re.compile(
    r"(?P<language>[a-z]{2,3})(?:[-_](?P<script>[a-z]{4}))?(?:[-_](?P<region>[a-z]{2}|[0-9]{3}))?",
    re.IGNORECASE,
)
_NAMED_IN = ("en", "de")
"""Languages whose names for languages our images have."""


def read_age(text: str) -> int:
    """Read an age in whole years."""
    found = _AGE.fullmatch(plain(text))
    if found is None or int(found[1]) > MAX_AGE:
        raise UnreadableError(f"an age from 0 to {MAX_AGE}", text)
    return int(found[1])


def read_email(text: str) -> str:
    """Read one bare address; names, lists and anything that could inject a header are refused."""
    if not _EMAIL.fullmatch(text):
        raise UnreadableError("one bare email address, such as name@example.com", found=_described(text))
    return text


def _described(text: str) -> str:
    """Say what is wrong with an address without telling it."""
    if "@" not in text:
        return "a text without @"
    if text.count("@") > 1:
        return "a text with more than one @"
    return (
        "an address with a space or sign that none has"
        if _SIGNS.search(text)
        else "an address that is incomplete or too long"
    )


@lru_cache(maxsize=512)
def read_language(text: str) -> str:
    """Read a tag such as `de_at` as BCP 47 writes it (`de-AT`), or a language's name in English or German."""
    written = plain(text)
    named = _names().get(written.casefold())
    found = _LANGUAGE_TAG.fullmatch(named or written)
    tag = None if found is None else _tag(*found.group("language", "script", "region"))
    if tag is None:
        raise UnreadableError("a language tag of BCP 47, such as de or de-AT", text)
    return tag


@lru_cache(maxsize=512)
def read_time_zone(text: str) -> str:
    """Read the name of a time zone of the IANA database in any case."""
    name = _time_zones().get(text.strip().casefold())
    if name is None:
        raise UnreadableError("a time zone of the IANA database, such as Europe/Berlin", text)
    return name


def _tag(language: str, script: str | None, region: str | None) -> str | None:
    """Return a tag of known subtags, current for older ones (`de` for `ger`, `GB` for `UK`), else None."""
    known = Locale("en")
    code = _current("language_aliases", language.lower())
    script_code = (script or "").title()
    region_code = _current("territory_aliases", (region or "").upper())
    is_known = code in known.languages and (not script_code or script_code in known.scripts)
    if not is_known or (region_code and region_code not in known.territories):
        return None
    return "-".join(filter(None, (code, script_code, region_code)))


def _current(aliases: Literal["language_aliases", "territory_aliases"], code: str) -> str:
    """Return the code that CLDR has in place of an older one, if there is one only."""
    current = get_global(aliases).get(code, code)
    listed = [current] if isinstance(current, str) else list(current)
    return listed[0] if len(listed) == 1 and "_" not in listed[0] else code


@cache
def _names() -> dict[str, str]:
    """Return language codes by names; a name of two languages is left out."""
    named = [(name.casefold(), code) for own in _NAMED_IN for code, name in Locale(own).languages.items()]
    codes: dict[str, set[str]] = {}
    for name, code in named:
        codes.setdefault(name, set()).add(code)
    return {name: min(found) for name, found in codes.items() if len(found) == 1}


@cache
def _time_zones() -> dict[str, str]:
    return {name.casefold(): name for name in available_timezones()}
