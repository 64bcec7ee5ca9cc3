"""How countries write figures, as far as it decides what a column leaves open.

From CLDR, which `babel` has, though not in our images: they keep only the languages that emails are written
in. Tests compare these tables with it.
"""

import re
from typing import NamedTuple

from fondly.ingest.domain.errors import UnreadableError


class Marks(NamedTuple):
    """A locale's decimal mark, and its group mark if that is a point or a comma."""

    decimal: str
    group: str = ""


_BY_LANGUAGE = {
    Marks(".", ","): "am ar bn cy en ga gu he hi ja km kn ko ml mr ms mt my ne pa si sw ta te th ur zh",
    Marks(",", "."): "az bs ca da de el es eu gl hr id is it mk nl pt ro sl sr tr vi",
    Marks(","): "af be bg cs et fi fr hu hy ka kk ky lt lv nb nn no pl ru sk sq sv uk uz",
}
_BY_LOCALE = {
    Marks(".", ","): "es_419 es_BR es_BZ es_CU es_DO es_GT es_HN es_MX es_NI es_PA es_PE es_PR es_SV es_US",
    Marks(",", "."): (
        "ar_DZ ar_LB ar_LY ar_MA ar_MR ar_TN en_AT en_BE en_DE en_DK en_ES en_ID en_IT en_NL en_PL en_RO "
        "en_SI fr_LU ms_BN ms_ID sw_CD"
    ),
    Marks(","): (
        "en_CZ en_FI en_FR en_HU en_NO en_PT en_SE en_SK en_ZA es_CR "
        "pt_AO pt_CH pt_CV pt_GQ pt_GW pt_LU pt_MO pt_MZ pt_PT pt_ST pt_TL"
    ),
    Marks("."): "de_CH de_LI en_CH it_CH",
}
_MARKS = {
    name: marks
    for table in (_BY_LANGUAGE, _BY_LOCALE)
    for marks, names in table.items()
    for name in names.split()
}
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
