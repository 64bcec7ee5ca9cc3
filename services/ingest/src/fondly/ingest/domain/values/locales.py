"""How countries write figures, as far as it decides what a column leaves open."""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from fondly.ingest.domain.data import read_table
from fondly.ingest.domain.errors import UnreadableError


class Marks(NamedTuple):
    """A locale's decimal mark, and its group mark if that is a point or a comma."""

    decimal: str
    group: str = ""


def marks_by_name(rows: Iterable[Mapping[str, str]]) -> dict[str, Marks]:
    """Read rows of `decimal`, `group`, which may be missing, and `names`."""
    marks = ((each["names"].split(), Marks(each["decimal"], each.get("group", ""))) for each in rows)
    return {name: found for names, found in marks for name in names}


_MARKS = marks_by_name(read_table(__package__, "locales.toml")["marks"])
_LOCALE = re.compile(r"[A-Za-z]{2,3}(?:[_-][A-Za-z]{4})?(?:[_-](?:[A-Za-z]{2}|[0-9]{3}))?")
_USUAL_SCRIPTS = frozenset(("Latn", "Hans", "Hant"))


def marks_of(locale: str) -> Marks | None:
    """Return the marks of a locale such as `de_AT` or `de`; None if they are not known."""
    language, territory = _parts(locale)
    return _MARKS.get(f"{language}_{territory}") or _MARKS.get(language)


def _parts(locale: str) -> tuple[str, str]:
    """Return language and territory, two empty texts if there is an unusual script between them."""
    language, *others = locale.replace("-", "_").split("_")
    if any(len(part) == 4 and part.title() not in _USUAL_SCRIPTS for part in others):  # noqa: PLR2004 - ISO 15924
        return "", ""
    return language.lower(), next((part.upper() for part in others if len(part) in {2, 3}), "")


def read_locale(text: str) -> str:
    """Read a locale such as `de_DE` or `en`; one whose marks are not known decides nothing."""
    if not _LOCALE.fullmatch(text):
        raise UnreadableError("a locale such as de_DE", text)
    return text
