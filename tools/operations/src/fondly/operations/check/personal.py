"""Values of a shop's columns as they may be shown: of what may be personal only what kind of thing it is."""

import re
import unicodedata

from fondly.ingest.domain.data import read_table
from fondly.ingest.domain.formats.fields import Kind
from fondly.ingest.domain.values.cell_counts import is_date
from fondly.ingest.use_cases.ignored_values import Ignored
from fondly.operations.formatting import printable

SHOWN, MAX_CHARS = 3, 24
_KIND_OF_WORD = {
    word: kind for kind, words in read_table(__package__, "personal.toml").items() for word in words
}
_WORD = re.compile(r"[a-z]+\d?|[A-Z]+(?![a-z])|[A-Z][a-z]+\d?")
_ADDRESS, _PHONE = re.compile(r"\S@\S"), re.compile(r"(?:\+|00|\(?0)[\d\s()./-]{6,}")
_LETTERS, _NAME = re.compile(r"[^\W\d_]{2,}"), re.compile(r"[A-Z]\w+ [A-Z]\w+")


def shown_values(column: Ignored) -> list[str]:
    """Return the first different values of a column, each in place of a personal one what it is.

    Of files with people a text is shown only if it repeats: what stands there once may say who somebody is.
    """
    named = _kind_of(column.column) if column.kind is not Kind.PRODUCTS else None
    shown = dict.fromkeys(
        named or _kind_of_value(text, times, column.kind) or printable(text)[:MAX_CHARS]
        for text, times in column.values.items()
    )
    return list(shown)[:SHOWN]


def _kind_of(name: str) -> str | None:
    plain = unicodedata.normalize("NFKD", name.replace("ß", "ss")).encode("ascii", "ignore").decode()
    words = [word.lower() for word in _WORD.findall(plain)]
    return next((_KIND_OF_WORD[word] for word in (*words, "".join(words)) if word in _KIND_OF_WORD), None)


def _kind_of_value(text: str, times: int, kind: Kind) -> str | None:
    if _ADDRESS.search(text):
        return "an email address"
    if kind is Kind.PRODUCTS:
        return None
    if _PHONE.fullmatch(text) and not is_date(text):
        return "a phone number"
    if _NAME.search(text):
        return "a name"
    return "a text" if times == 1 and _LETTERS.search(text) else None
